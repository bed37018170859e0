// Orders, refunds and leavers as finance sees them at the console, in memory. Students are invented.

const hour = 3600_000
const day = 24 * hour

/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {Schemas['ConsoleOrder']} Order */
/** @typedef {Schemas['ConsoleRefund']} Refund */
/** @typedef {Schemas['RefundBatch'] & { who: string }} Batch */

/** @param {number} now */
export function makeTreasury(now = Date.now()) {
  const colleges = ['汽车工程学院', '轨道交通学院', '管理工程学院']
  const names = ['林一诺', '陈思远', '周雨桐', '徐嘉禾', '高子涵']
  const items = ['学费', '住宿费', '教材费']
  const amounts = [700000, 120000, 68050]
  const stamp = (/** @type {number} */ at) =>
    new Date(at + 8 * hour).toISOString().replace(/\D/g, '').slice(0, 14)

  /** @param {number} at @returns {Schemas['ConsoleStudent']} */
  const student = (at) => ({
    student_no: `20240101${String(10 + (at % 40))}`,
    name: names[at % names.length] ?? '',
    college: colleges[at % 3] ?? '',
    major: '新能源汽车技术',
    class_name: `新能源240${1 + (at % 3)}班`,
    grade: '2024级',
  })

  /** Newest first. @type {Order[]} */
  const orders = []
  for (let back = 1; back <= 130; back++) {
    const opened_at = now - back * 7 * hour
    const kind = back % 9
    const state = /** @type {Order['state']} */ (
      back === 1 ? 'awaiting' : back === 5 ? 'paid_late' : kind === 4 ? 'closed' : 'paid'
    )
    const paid = state === 'paid' || state === 'paid_late'
    orders.push({
      order_no: `CP${stamp(opened_at)}K7MX${String(100000 + back)}`,
      ...{ state, channel: back % 4 ? 'jsapi' : 'native', refunded_fen: 0 },
      amount_fen: amounts[back % 3] ?? 0,
      ...{ mch_id: '1900000109', merchant_name: '吉林交通职业技术学院' },
      ...{ opened_at, pay_until: opened_at + 2 * hour, closing: false },
      ...(paid ? { paid_at: opened_at + 52_000 } : {}),
      ...(state === 'closed' ? { closed_at: opened_at + 2 * hour } : {}),
      ...(paid ? { transaction_id: `4200002${'0'.repeat(15)}${String(100000 + back * 37)}` } : {}),
      ...(state === 'paid_late' ? { odd: '订单关闭后到账，未能全部计入费用' } : {}),
      ...{ what: `${items[back % 3]} 2026-2027学年`, line_count: back % 7 ? 1 : 2 },
      student: student(back),
    })
  }

  /** Newest first. @type {(Refund & { by: string })[]} */
  const refunds = []
  let made = 0
  /** @param {Order} order @param {string} by login name @param {Partial<Refund>} [more] */
  function refund(order, by, more = {}) {
    made += 1
    /** @type {Refund & { by: string }} */
    const one = {
      refund: `${order.order_no}R${made}`,
      ...{ order_no: order.order_no, by, state: 'asked', state_text: '待复核', origin: 'asked' },
      ...{ amount_fen: order.amount_fen, payment_fen: order.amount_fen, afterwards: 'settled' },
      ...{ reason_code: 'leaver', reason: '离校退费', note: '教务〔2026〕18号' },
      asked_by: { name: by, me: false },
      asked_at: order.opened_at + day,
      lines: [{ line_no: 1, item: order.what.split(' ')[0] ?? '', amount_fen: order.amount_fen }],
      ...{ can: [], deeds: [] },
      ...(order.student ? { student: order.student } : {}),
      ...(order.transaction_id ? { transaction_id: order.transaction_id } : {}),
      ...more,
    }
    refunds.unshift(one)
    return one
  }
  const paid = orders.filter((one) => one.state === 'paid')
  /** @type {[number, string, Partial<Refund>][]} */
  const told = [
    [
      9,
      'zhao.min',
      { state: 'success', state_text: '已到账', decided_by: { name: 'wang', me: false } },
    ],
    [
      7,
      'wang',
      {
        state: 'abnormal',
        state_text: '退款异常',
        attention_text: '退款异常，请到微信商户平台处理',
      },
    ],
    [5, 'zhao.min', { state: 'processing', state_text: '退款中' }],
    [3, 'wang', {}],
    [2, 'zhao.min', { note: '' }],
  ]
  for (const [at, by, more] of told) {
    const order = paid[at]
    if (!order) continue
    const one = refund(order, by, more)
    if (one.state !== 'success') continue
    Object.assign(one, { decided_at: one.asked_at + hour, sent_at: one.asked_at + hour + 9000 })
    Object.assign(one, {
      succeeded_at: one.asked_at + 2 * hour,
      received_account: '招商银行信用卡0403',
    })
    order.refunded_fen = one.amount_fen
  }

  return {
    orders,
    refunds,
    refund,
    student,
    /** @type {Batch[]} */
    batches: [],
    /** @type {(Schemas['OrderSearches']['searches'][number] & { who: string })[]} */
    searches: [],
    /** request ids that were used, and what came of them @type {Map<string, any>} */
    wishes: new Map(),
    /** what WeChat says next, else the truth @type {Schemas['ConsoleOrderWord']['wechat'] | undefined} */
    wechat: /** @type {Schemas['ConsoleOrderWord']['wechat'] | undefined} */ (undefined),
    number: () => String(++made + 500),
  }
}

/** @typedef {ReturnType<typeof makeTreasury>} Treasury */
