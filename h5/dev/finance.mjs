// The calls of finance at the console, over dev/treasury.mjs.

/** @typedef {import('./console.mjs').DeskCall} DeskCall */
/** @typedef {import('./treasury.mjs').Treasury} Treasury */
/** @typedef {import('./treasury.mjs').Order} Order */
/** @typedef {import('./treasury.mjs').Refund} Refund */
/** @typedef {import('./treasury.mjs').Batch} Batch */
/** @typedef {import('../shared/api/client').Schemas} Schemas */

const pageSize = 50
const dayOf = (/** @type {number} */ at) => new Date(at + 8 * 3600_000).toISOString().slice(0, 10)

/** @param {typeof import('./api.mjs').No} No */
export function financeCalls(No) {
  /** @param {Order} order @param {Schemas['OrderFilter']} filter */
  function fits(order, filter) {
    const { student } = order
    const within = (/** @type {number | undefined} */ at, from = '', to = '9') =>
      (!from && to === '9') || (at !== undefined && dayOf(at) >= from && dayOf(at) <= to)
    return (
      (!filter.order_no || order.order_no === filter.order_no) &&
      (!filter.transaction_id || order.transaction_id === filter.transaction_id) &&
      (!filter.student_no || student?.student_no === filter.student_no) &&
      (!filter.name || student?.name.startsWith(filter.name)) &&
      (!filter.college || student?.college === filter.college) &&
      (!filter.class_name || student?.class_name === filter.class_name) &&
      (!filter.states || filter.states.includes(order.state)) &&
      (!filter.channel || order.channel === filter.channel) &&
      order.amount_fen >= (filter.amount_min_fen ?? 0) &&
      order.amount_fen <= (filter.amount_max_fen ?? Infinity) &&
      within(order.opened_at, filter.opened_from, filter.opened_to) &&
      within(order.paid_at, filter.paid_from, filter.paid_to) &&
      (!filter.odd || order.odd !== undefined)
    )
  }

  /** @template Row @param {Row[]} rows @param {string | undefined} next */
  function slice(rows, next) {
    const begin = Number(next ?? 0)
    const end = begin + pageSize
    return { rows: rows.slice(begin, end), ...(end < rows.length ? { next: String(end) } : {}) }
  }

  /** @param {DeskCall} call @param {string} order_no */
  function orderOf({ treasury }, order_no) {
    const found = treasury.orders.find((one) => one.order_no === order_no)
    if (!found) throw new No(404, 'order_not_found', '没有找到该订单')
    return found
  }

  /** @param {DeskCall} call @param {Refund & { by: string }} refund @returns {Refund} */
  function shownRefund({ who }, { by, ...refund }) {
    const mine = by === who.name
    const finance = who.role === 'finance'
    /** @type {Refund['can']} */
    const can = []
    if (finance && refund.state === 'asked' && refund.batch === undefined)
      can.push(
        ...(mine
          ? /** @type {const} */ (['reject'])
          : /** @type {const} */ (['release', 'reject'])),
      )
    return { ...refund, can, asked_by: { name: by, me: mine } }
  }

  /** @param {DeskCall} call @param {Order} order */
  function leftOf({ treasury }, order) {
    const held = treasury.refunds
      .filter((one) => one.order_no === order.order_no && one.state !== 'rejected')
      .reduce((sum, one) => sum + one.amount_fen, 0)
    return order.paid_at === undefined ? 0 : order.amount_fen - held
  }

  /** @param {DeskCall} call @param {Order} order @returns {Schemas['ConsoleOrderLife']} */
  function lifeOf(call, order) {
    const { order_no, amount_fen, opened_at, paid_at, closed_at, refunded_fen } = order
    const left_fen = leftOf(call, order)
    const credited_fen = paid_at === undefined ? 0 : amount_fen
    /** @type {Schemas['ConsoleOrderLife']['steps']} */
    const steps = [
      { step: 'opened', text: '下单', at_ms: opened_at },
      { step: 'prepared', text: '已在微信生成支付单', at_ms: opened_at + 400 },
    ]
    if (closed_at) steps.push({ step: 'closed', text: '订单已关闭', at_ms: closed_at })
    if (paid_at)
      steps.push(
        { step: 'paid', text: '付款人已支付', at_ms: paid_at },
        { step: 'booked', text: '已入账', at_ms: paid_at + 2100 },
      )
    const refunds = call.treasury.refunds.filter((one) => one.order_no === order_no)
    return {
      order: {
        ...order,
        ...(order.student
          ? { student: { ...order.student, id_number: '220***********0022' } }
          : {}),
      },
      lines: [
        {
          ...{
            line_no: 1,
            bill_id: '71',
            item: order.what.split(' ')[0] ?? '',
            period: '2026-2027学年',
          },
          ...{ amount_fen, credited_fen, held_fen: credited_fen - left_fen, refunded_fen },
        },
      ],
      steps,
      ...(paid_at
        ? {
            payment: {
              ...{
                mch_id: order.mch_id,
                transaction_id: order.transaction_id ?? '',
                amount_fen,
                paid_at,
              },
              ...{
                learnt_by: 'notice',
                state: 'settled',
                surplus_fen: 0,
                held_fen: 0,
                refunded_fen,
              },
              booked_at: paid_at + 2100,
            },
            refundable: {
              ...{ left_fen, surplus_left_fen: 0, lines: [{ line_no: 1, left_fen }] },
              ...(left_fen === 0 ? { refusal: '这笔订单已没有可退的金额' } : {}),
            },
            notices: [
              {
                ...{
                  notice_id: 'EV-2026-1',
                  event_type: 'TRANSACTION.SUCCESS',
                  outcome: 'applied',
                  outcome_text: '已入账',
                },
                ...{
                  received_at: paid_at + 1800,
                  last_received_at: paid_at + 1800,
                  received_count: 1,
                  bytes: 1422,
                },
                sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
              },
            ],
          }
        : { notices: [] }),
      questions: [
        {
          ...{ kind: 'query', answer: 'open', answer_text: '未支付', count: 3 },
          ...{ first_at: opened_at + 5000, last_at: opened_at + 40_000 },
        },
      ],
      refunds: refunds.map((one) => shownRefund(call, one)),
      messages: paid_at
        ? [
            {
              kind: 'order_paid',
              state: 'sent',
              reason: '',
              tries: 1,
              queued_at: paid_at + 2100,
              ended_at: paid_at + 3000,
              delivery: 'delivered',
            },
          ]
        : [],
      deeds: [],
      journals: paid_at
        ? [
            {
              ...{
                seq: 71,
                kind: '收款',
                business_key: `payment:${order_no}`,
                value_at: paid_at,
                booked_at: paid_at + 2100,
              },
              entries: [
                { account: 'provider:1900000109', account_text: '微信商户 1900000109', amount_fen },
                {
                  account: 'fee:1',
                  account_text: order.what.split(' ')[0] ?? '',
                  amount_fen: -amount_fen,
                },
              ],
            },
          ]
        : [],
      can_ask_wechat: true,
    }
  }

  /** @param {DeskCall} call */
  const searchesOf = ({ treasury, who }) => ({
    searches: treasury.searches
      .filter((one) => one.who === who.name)
      .map(({ search, name, filter, changed_at }) => ({ search, name, filter, changed_at })),
    limit: 50,
  })

  /** @param {DeskCall} call @param {string} id */
  function refundOf({ treasury }, id) {
    const found = treasury.refunds.find((one) => one.refund === id)
    if (!found) throw new No(404, 'refund_not_found', '没有找到该退款')
    return found
  }

  /** The same wish again is the same thing. @template T @param {DeskCall} call @param {() => T} make @returns {T} */
  function once({ treasury, body }, make) {
    const known = treasury.wishes.get(body.request_id)
    if (known) return known
    const done = make()
    treasury.wishes.set(body.request_id, done)
    return done
  }

  /** @param {DeskCall} call @param {Batch} batch @returns {Schemas['RefundBatch']} */
  function shownBatch(call, { who: by, ...batch }) {
    const mine = by === call.who.name
    /** @type {Schemas['RefundBatchFacts']['can']} */
    const can = []
    if (call.who.role === 'finance' && batch.batch.state === 'asked')
      can.push(
        ...(mine
          ? /** @type {const} */ (['reject'])
          : /** @type {const} */ (['release', 'reject'])),
      )
    const rows = batch.rows.map((row) => {
      const refund = call.treasury.refunds.find((one) => one.refund === row.refund)
      return refund ? { ...row, state: refund.state, state_text: refund.state_text } : row
    })
    return { ...batch, rows, batch: { ...batch.batch, can, asked_by: { name: by, me: mine } } }
  }

  /** @param {DeskCall} call @param {string} id */
  function batchOf({ treasury }, id) {
    const found = treasury.batches.find((one) => one.batch.batch === id)
    if (!found) throw new No(404, 'refund_batch_not_found', '没有找到这批退款')
    return found
  }

  /** @param {DeskCall} call @param {Pick<Schemas['RefundBatchFacts'], 'kind' | 'title' | 'reason_code' | 'note'>} facts @param {{ order: Order, amount_fen: number, reason: string }[]} parts @param {Schemas['LeaverFigures']} [figures] */
  function newBatch(call, facts, parts, figures) {
    const { treasury, who } = call
    const batch = treasury.number()
    const rows = parts.map(({ order, amount_fen, reason }, at) => {
      const one = treasury.refund(order, who.name, {
        amount_fen,
        reason,
        batch,
        asked_at: Date.now(),
      })
      return {
        ...{ row: at + 2, order_no: order.order_no, amount_fen, reason, refund: one.refund },
        ...(order.student ? { student: order.student } : {}),
      }
    })
    /** @type {Batch} */
    const made = {
      who: who.name,
      batch: {
        ...{
          batch,
          ...facts,
          state: 'asked',
          asked_by: { name: who.name, me: true },
          asked_at: Date.now(),
        },
        ...{ row_count: rows.length, can: [] },
        total_fen: rows.reduce((sum, row) => sum + row.amount_fen, 0),
      },
      rows,
      ...(figures ? { figures } : {}),
    }
    treasury.batches.unshift(made)
    return shownBatch(call, made)
  }

  /** @param {DeskCall} call @returns {Schemas['RefundFileCheck'] & { parts: { order: Order, amount_fen: number, reason: string }[] }} */
  function readFile(call) {
    const text = Buffer.from(call.body.content, 'base64').toString('utf8')
    /** @type {{ order: Order, amount_fen: number, reason: string }[]} */
    const parts = []
    const rows = text
      .split(/\r?\n/)
      .slice(1)
      .filter((line) => line.trim())
      .map((line, at) => {
        const [order_no = '', yuan = '', reason = ''] = line.split(',')
        const order = call.treasury.orders.find((one) => one.order_no === order_no)
        const amount_fen = Math.round(Number(yuan) * 100)
        const left_fen = order ? leftOf(call, order) : undefined
        const problem =
          left_fen === undefined
            ? '没有这个订单'
            : amount_fen > left_fen
              ? '超过可退金额'
              : undefined
        if (!problem && order) parts.push({ order, amount_fen, reason })
        return {
          ...{ row: at + 2, order_no, amount_fen, reason },
          ...(problem ? { problem } : {}),
          ...(left_fen === undefined ? {} : { left_fen }),
          ...(order?.student ? { student: order.student } : {}),
        }
      })
    const known = call.treasury.batches.find((one) => one.batch.title === call.body.name)
    return {
      ...{ rows, parts, ok_count: parts.length, problem_count: rows.length - parts.length },
      total_fen: parts.reduce((sum, part) => sum + part.amount_fen, 0),
      ...(known ? { known_batch: known.batch.batch } : {}),
    }
  }

  /** @param {DeskCall} call @returns {Schemas['LeaverFigures']} */
  function figure(call) {
    const { student_no, left_on } = call.body
    const mine = call.treasury.orders.filter(
      (one) => one.student?.student_no === student_no && one.state === 'paid',
    )
    const student = mine[0]?.student
    if (!student) throw new No(404, 'leaver_not_found', '没有找到该学生')
    const bills = mine.slice(0, 3).map((order, at) => {
      const used = 3
      const paid_fen = leftOf(call, order)
      const keep_fen = Math.ceil((paid_fen * used) / 10)
      const refund_fen = paid_fen - keep_fen
      return {
        ...{ bill_id: String(at), item: order.what.split(' ')[0] ?? '', period: '2026-2027学年' },
        ...{ due_fen: order.amount_fen, paid_fen, on_its_way_fen: order.amount_fen - paid_fen },
        ...{ months: 10, months_used: used, keep_fen, refund_fen, other_way_fen: 0 },
        how: `一学年按 10 个月计，已用 ${used} 个月（不足一月按一月），退剩余 ${10 - used} 个月`,
        parts: [{ order_no: order.order_no, line_no: 1, amount_fen: refund_fen }],
      }
    })
    return {
      student: { ...student, id_number: '220***********0022' },
      ...{ left_on, bills, other_way_fen: 0 },
      rule: '按教财〔2006〕2号：学费、住宿费按学年收取的，按月退还剩余部分，一学年按 10 个月计',
      total_fen: bills.reduce((sum, bill) => sum + bill.refund_fen, 0),
    }
  }

  const changed = () => new No(409, 'refund_figures_changed', '金额已有变化，请刷新核对后再提交')

  /** @type {Record<string, (call: DeskCall, id: string) => unknown>} */
  const calls = {
    searchConsoleOrders({ treasury, body }) {
      const { rows, next } = slice(
        treasury.orders.filter((one) => fits(one, body.filter)),
        body.next,
      )
      return { orders: rows, ...(next === undefined ? {} : { next }) }
    },
    getConsoleOrderSums({ treasury, body }) {
      const found = treasury.orders.filter((one) => fits(one, body.filter))
      const paid = found.filter((one) => one.paid_at !== undefined)
      const total = (/** @type {Order[]} */ list) =>
        list.reduce((sum, one) => sum + one.amount_fen, 0)
      return {
        count: found.length,
        amount_fen: total(found),
        paid_count: paid.length,
        paid_fen: total(paid),
        complete: true,
      }
    },
    searchPastedConsoleOrders({ treasury, body }) {
      /** @type {string[]} */
      const numbers = body.numbers
      const of = (/** @type {string} */ number) =>
        treasury.orders.filter((one) =>
          [one.order_no, one.transaction_id, one.student?.student_no].includes(number),
        )
      const orders = [...new Set(numbers.flatMap(of))]
      return {
        orders,
        found: numbers
          .filter((number) => of(number).length > 0)
          .map((asked) => ({
            ...{ asked, kind: 'order_no', more: false },
            order_nos: of(asked).map((one) => one.order_no),
          })),
        not_found: numbers.filter((number) => of(number).length === 0),
      }
    },
    listConsoleOrderChoices({ treasury }) {
      const of = (/** @type {'college' | 'major' | 'class_name' | 'grade'} */ what) =>
        [...new Set(treasury.orders.map((one) => one.student?.[what] ?? ''))].sort()
      return {
        ...{
          colleges: of('college'),
          majors: of('major'),
          classes: of('class_name'),
          grades: of('grade'),
        },
        items: ['学费', '住宿费', '教材费'].map((item, at) => ({ item_id: String(at + 1), item })),
        periods: ['2026-2027学年', '2025-2026学年'],
        merchants: [{ mch_id: '1900000109', merchant_name: '吉林交通职业技术学院' }],
      }
    },
    getConsoleOrder: (call, id) => lifeOf(call, orderOf(call, id)),
    askWechatAboutOrder(call, id) {
      const order = orderOf(call, id)
      const said =
        call.treasury.wechat ??
        (order.paid_at ? 'paid' : order.state === 'closed' ? 'closed' : 'not_paid')
      /** @type {Record<string, string>} */
      const texts = {
        paid: '微信：已支付',
        not_paid: '微信：未支付',
        closed: '微信：已关闭',
        unknown: '微信没有明确答复，没有改动任何记录',
      }
      const changes = []
      if (said === 'paid' && !order.paid_at) {
        Object.assign(order, {
          state: 'paid',
          paid_at: Date.now(),
          transaction_id: `4200002${'0'.repeat(21)}`,
        })
        changes.push('订单已记为已支付')
      }
      return { wechat: said, text: texts[said], changed: changes, life: lifeOf(call, order) }
    },
    listOrderSearches: searchesOf,
    saveOrderSearch(call) {
      const { treasury, who, body } = call
      if (treasury.searches.some((one) => one.who === who.name && one.name === body.name))
        throw new No(409, 'search_name_taken', '已有同名的常用查询，请换一个名称')
      treasury.searches.unshift({
        ...{ search: treasury.number(), name: body.name, filter: body.filter },
        ...{ changed_at: Date.now(), who: who.name },
      })
      return searchesOf(call)
    },
    deleteOrderSearch(call, id) {
      call.treasury.searches = call.treasury.searches.filter((one) => one.search !== id)
      return searchesOf(call)
    },
    searchConsoleRefunds(call) {
      const { treasury, body, who } = call
      /** @type {Schemas['RefundFilter']} */
      const filter = body.filter
      const found = treasury.refunds.filter(
        (one) =>
          (!filter.refund || one.refund === filter.refund) &&
          (!filter.order_no || one.order_no === filter.order_no) &&
          (!filter.student_no || one.student?.student_no === filter.student_no) &&
          (!filter.name || one.student?.name.startsWith(filter.name)) &&
          (!filter.states || filter.states.includes(one.state)) &&
          (filter.mine !== 'asked' || one.by === who.name) &&
          (filter.mine !== 'to_decide' || (one.by !== who.name && one.state === 'asked')),
      )
      const { rows, next } = slice(found, body.next)
      return {
        refunds: rows.map((one) => shownRefund(call, one)),
        ...(next === undefined ? {} : { next }),
      }
    },
    askConsoleRefund: (call) =>
      once(call, () => {
        const { body, treasury, who } = call
        const order = orderOf(call, body.order_no)
        const left = leftOf(call, order)
        const amount_fen = body.parts?.length
          ? body.parts.reduce(
              (/** @type {number} */ sum, /** @type {any} */ part) => sum + part.amount_fen,
              0,
            )
          : left
        if (amount_fen > left)
          throw new No(409, 'refund_not_possible', '超过可退金额，请刷新后重试')
        const { reason_code, note = '' } = body
        const made = treasury.refund(order, who.name, {
          ...{ amount_fen, reason_code, note, reason: body.reason ?? '退款', asked_at: Date.now() },
          lines: [{ line_no: 1, item: order.what.split(' ')[0] ?? '', amount_fen }],
        })
        return shownRefund(call, made)
      }),
    getConsoleRefund: (call, id) => shownRefund(call, refundOf(call, id)),
    releaseConsoleRefund(call, id) {
      const one = refundOf(call, id)
      if (call.body.amount_fen !== one.amount_fen) throw changed()
      if (one.by === call.who.name)
        throw new No(409, 'refund_not_possible', '不能复核自己申请的退款')
      Object.assign(one, { state: 'accepted', state_text: '待发送', decided_at: Date.now() })
      one.decided_by = { name: call.who.display_name, me: true }
      return shownRefund(call, one)
    },
    rejectConsoleRefund(call, id) {
      const one = refundOf(call, id)
      Object.assign(one, { state: 'rejected', state_text: '已驳回', decided_at: Date.now() })
      one.reject_reason = call.body.reason
      one.decided_by = { name: call.who.display_name, me: true }
      return shownRefund(call, one)
    },
    checkRefundFile(call) {
      const { rows, ok_count, problem_count, total_fen, known_batch } = readFile(call)
      const known = known_batch === undefined ? {} : { known_batch }
      return { rows, ok_count, problem_count, total_fen, ...known }
    },
    askRefundFile: (call) =>
      once(call, () => {
        const { parts, total_fen, known_batch } = readFile(call)
        if (known_batch) throw new No(409, 'refund_file_known', '这个文件已经提交过')
        if (total_fen !== call.body.total_fen) throw changed()
        const { name, reason_code, note = '' } = call.body
        return newBatch(call, { kind: 'file', title: name, reason_code, note }, parts)
      }),
    listRefundBatches: (call) => ({
      batches: call.treasury.batches.map((one) => shownBatch(call, one).batch),
    }),
    getRefundBatch: (call, id) => shownBatch(call, batchOf(call, id)),
    releaseRefundBatch(call, id) {
      const one = batchOf(call, id)
      if (call.body.total_fen !== one.batch.total_fen) throw changed()
      Object.assign(one.batch, { state: 'released', decided_at: Date.now() })
      one.batch.decided_by = { name: call.who.display_name, me: true }
      for (const refund of call.treasury.refunds)
        if (refund.batch === id) Object.assign(refund, { state: 'accepted', state_text: '待发送' })
      return shownBatch(call, one)
    },
    rejectRefundBatch(call, id) {
      const one = batchOf(call, id)
      Object.assign(one.batch, {
        state: 'rejected',
        reject_reason: call.body.reason,
        decided_at: Date.now(),
      })
      one.batch.decided_by = { name: call.who.display_name, me: true }
      for (const refund of call.treasury.refunds)
        if (refund.batch === id) Object.assign(refund, { state: 'rejected', state_text: '已驳回' })
      return shownBatch(call, one)
    },
    figureLeaver: figure,
    askLeaverRefunds: (call) =>
      once(call, () => {
        const figures = figure(call)
        if (figures.total_fen !== call.body.total_fen) throw changed()
        const parts = figures.bills.flatMap((bill) =>
          bill.parts.map(({ order_no, amount_fen }) => ({
            ...{ order: orderOf(call, order_no), amount_fen, reason: '离校退费' },
          })),
        )
        const title = `${figures.student.name} ${figures.left_on} 离校`
        const facts = { kind: /** @type {const} */ ('leaver'), title, note: call.body.note ?? '' }
        return newBatch(call, { ...facts, reason_code: 'leaver' }, parts, figures)
      }),
  }
  return calls
}
