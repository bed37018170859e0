// The part of the API contract about papers and family links.
import { randomBytes } from 'node:crypto'

/** @typedef {import('./api.mjs').Call} Call */
/** @typedef {import('./world.mjs').World} World */
/** @typedef {import('./world.mjs').Order} Order */
/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {{ link: string, token: string, whose: string | undefined, bill_ids: string[], message: string, created_at: number, ends_at: number, withdrawn: boolean, order: Order | undefined, another: boolean, lines: Schemas['ReceiptLine'][] }} Link */

const hour = 3600_000
const code = '2345-6789-2345-6789'
const square =
  'data:image/svg+xml;base64,' +
  Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#fff" d="M0 0h9v9H0z"/><path d="M1 1h3v3H1zM5 1h3v3H5zM1 5h3v3H1z"/></svg>',
  ).toString('base64')

/** @type {WeakMap<World, Link[]>} */
const linksOf = new WeakMap()
/** The links of this world, newest first; tests look at them and change them. @param {World} world @returns {Link[]} */
export function familyLinks(world) {
  const known = linksOf.get(world) ?? []
  linksOf.set(world, known)
  return known
}

/** @param {typeof import('./api.mjs').No} No @param {(world: World, order: Order) => any} payable @param {(world: World, order: Order) => any} confirmation */
export function paperCalls(No, payable, confirmation) {
  const plain = (/** @type {Order['lines']} */ lines) =>
    lines.map(({ period, item, amount_fen }) => ({ period, item, amount_fen }))

  /** @param {Order} order */
  const payment = (order) => ({
    number: `PZ${order.order_no}`,
    school: '吉林交通职业技术学院',
    lines: plain(order.lines),
    total_fen: order.amount_fen,
    total_in_capitals: order.amount_fen === 700000 ? '柒仟元整' : '壹仟贰佰元整',
    refunded_fen: order.refunded_fen ?? 0,
    merchant_name: order.merchant_name,
    order_no: order.order_no,
    paid_at: order.paid_at ?? 0,
  })

  /** @param {Call} call */
  function facts({ visitor, order }) {
    if (!order || order.state !== 'paid')
      throw new No(409, 'receipt_not_possible', '该订单还没有收到付款，不能出具凭证')
    const student = visitor.person?.student
    return {
      ...payment(order),
      platform: '校园统一支付平台',
      student_no: student?.student_no ?? '',
      name: student?.name ?? '',
      college: student?.college ?? '',
      class_name: student?.class_name ?? '',
      transaction_id: order.transaction_id ?? '',
      issued_at: Date.now(),
      code,
      qr: square,
    }
  }

  /** @param {Call} call */
  function verify({ world, body }) {
    const number = body.number.replace(/^PZ/, '')
    const order = world.orders.find((one) => one.order_no === number)
    if (!order || order.state !== 'paid' || body.code.replace(/-/g, '') !== code.replace(/-/g, ''))
      throw new No(
        404,
        'receipt_not_genuine',
        '没有查到这张凭证。请核对订单号和查验码；如核对无误，这张凭证不是本平台出具的',
      )
    const back = order.refunded_fen ?? 0
    const state = back === 0 ? 'valid' : back < order.amount_fen ? 'refunded_in_part' : 'refunded'
    return { ...payment(order), state, name: '张*同' }
  }

  /** @param {World} world @param {Link} link @returns {Schemas['FamilyState']} */
  function stateOf(world, link) {
    if (link.order?.state === 'paid') return 'paid'
    if (link.order && world.isLive(link.order)) return 'being_paid'
    if (link.withdrawn) return 'withdrawn'
    const owed = world.bills.filter(
      (bill) => link.bill_ids.includes(bill.bill_id) && bill.due_fen > bill.paid_fen,
    )
    if (owed.length === 0) return 'settled'
    if (link.ends_at <= Date.now()) return 'ended'
    return owed.some((bill) => world.orderOf(bill.bill_id)) ? 'being_paid' : 'open'
  }

  /** @param {World} world @param {Call['visitor']} visitor */
  const linksBy = (world, { person }) =>
    familyLinks(world).filter((one) => one.whose === person?.student.student_no)

  /** @param {Call} call */
  const list = ({ world, visitor }) => ({
    links: linksBy(world, visitor).map((link) => ({
      link: link.link,
      state: stateOf(world, link),
      message: link.message,
      created_at: link.created_at,
      ends_at: link.ends_at,
      can_withdraw: !link.withdrawn && link.ends_at > Date.now(),
      ...(link.order ? { order_no: link.order.order_no } : {}),
      total_fen: link.lines.reduce((sum, line) => sum + line.amount_fen, 0),
      lines: link.lines,
    })),
  })

  const payableOf = (/** @type {World['bills'][number]} */ bill) =>
    bill.due_fen - bill.paid_fen - (bill.loan_fen ?? 0)

  /** @param {Call} call */
  function make({ world, visitor, body }) {
    const bills = world.bills.filter((bill) => body.bill_ids.includes(bill.bill_id))
    const held = bills.map((bill) => world.orderOf(bill.bill_id)).find(Boolean)
    if (held)
      throw new No(409, 'bill_in_live_order', '所选费用已在一笔未完成的订单中', held.order_no)
    if (bills.some((bill) => bill.merchant_name !== bills[0]?.merchant_name))
      throw new No(409, 'bill_not_payable', '所选费用由不同的收款单位收取，请分开缴纳')
    const lines = bills.map((bill) => ({
      period: bill.period,
      item: bill.item,
      amount_fen: payableOf(bill),
    }))
    if (lines.reduce((sum, line) => sum + line.amount_fen, 0) !== body.total_fen)
      throw new No(409, 'bills_changed', '费用金额已更新，请刷新后重新确认')
    if ([...(body.message ?? '')].length > 60) throw new No(400, 'bad_request', '留言最多60个字')
    const token = randomBytes(32).toString('base64url')
    const link = String(4711000000 + familyLinks(world).length)
    const created_at = Date.now()
    familyLinks(world).unshift({
      link,
      token,
      whose: visitor.person?.student.student_no,
      bill_ids: body.bill_ids,
      message: body.message ?? '',
      created_at,
      ends_at: created_at + body.hours * hour,
      withdrawn: false,
      order: undefined,
      another: false,
      lines,
    })
    return { link, path: `/h5/family/${token}`, url: `https://pay.example/h5/family/${token}` }
  }

  /** @param {Call} call @param {string} id */
  function withdraw(call, id) {
    const link = linksBy(call.world, call.visitor).find((one) => one.link === id)
    if (!link) throw new No(404, 'family_link_not_found', '没有找到这个代付链接')
    link.withdrawn = true
    return list(call)
  }

  /** @param {Call} call */
  function held({ world, body }) {
    const link = familyLinks(world).find((one) => one.token === body.token)
    if (!link)
      throw new No(404, 'family_link_not_found', '没有找到这个代付链接，请向学生本人要一个新的')
    return link
  }

  /** @param {Call} call @param {Link} link */
  function view({ world, visitor }, link) {
    const state = stateOf(world, link)
    const mine = visitor.person !== undefined && visitor.person.student.student_no === link.whose
    const by_me = link.order !== undefined && !link.another
    const live = by_me && state === 'being_paid'
    const tells = mine || ['open', 'being_paid'].includes(state) || (state === 'paid' && by_me)
    return {
      state,
      school: '吉林交通职业技术学院',
      mine,
      by_me,
      can_pay: state === 'open' || (live && !link.withdrawn),
      can_cancel: live,
      ends_at: link.ends_at,
      ...(by_me && link.order?.paid_at ? { paid_at: link.order.paid_at } : {}),
      ...(tells
        ? {
            name: '张*同',
            message: link.message,
            merchant_name: '吉林交通职业技术学院',
            lines: link.lines,
            total_fen: link.lines.reduce((sum, line) => sum + line.amount_fen, 0),
          }
        : {}),
    }
  }

  /** @param {Call} call */
  function pay(call) {
    const { world, body } = call
    const link = held(call)
    const state = stateOf(world, link)
    if (state === 'paid') return { family: view(call, link), wechat: 'settled' }
    if (link.withdrawn || state === 'ended' || state === 'settled')
      throw new No(409, 'family_link_over', '这个代付链接已失效，请向学生本人确认')
    if (state === 'being_paid' && (link.another || !link.order))
      throw new No(409, 'family_someone_pays', '有人正在支付这些费用，请稍后再看结果，不会重复扣款')
    if (state === 'open') {
      const lines = world.bills
        .filter((bill) => link.bill_ids.includes(bill.bill_id))
        .map((bill) => ({
          bill_id: bill.bill_id,
          period: bill.period,
          item: bill.item,
          amount_fen: payableOf(bill),
        }))
      const order = world.order({ lines })
      if (order.amount_fen !== body.total_fen)
        throw new No(409, 'bills_changed', '费用金额已更新，请刷新后重新确认')
      world.orders.unshift(order)
      link.order = order
    }
    const { wechat, jsapi } = payable(world, /** @type {Order} */ (link.order))
    return { family: view(call, link), wechat, ...(jsapi ? { jsapi } : {}) }
  }

  /** @param {Call} call */
  function confirm(call) {
    const link = held(call)
    if (!link.order || link.another) throw new No(409, 'family_someone_pays', '有人正在支付')
    const { wechat } = confirmation(call.world, link.order)
    return { family: view(call, link), wechat }
  }

  /** @param {Call} call */
  function cancel(call) {
    const { world } = call
    const link = held(call)
    if (!link.order || link.another) throw new No(409, 'family_someone_pays', '有人正在支付')
    world.settle(link.order)
    if (world.isLive(link.order)) world.close(link.order)
    const { wechat } = confirmation(world, link.order)
    return { family: view(call, link), wechat }
  }

  /** @type {Record<string, { open?: boolean, run: (call: any, id: string) => unknown }>} */
  return {
    'GET /orders/*/receipt/facts': { run: facts },
    'POST /receipts/verify': { open: true, run: verify },
    'GET /family-links': { run: list },
    'POST /family-links': { run: make },
    'POST /family-links/*/withdraw': { run: withdraw },
    'POST /family/open': {
      open: true,
      run: (/** @type {Call} */ call) => view(call, held(call)),
    },
    'POST /family/pay': { open: true, run: pay },
    'POST /family/confirm': { open: true, run: confirm },
    'POST /family/cancel': { open: true, run: cancel },
  }
}
