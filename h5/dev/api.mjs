// The API contract from memory: server/routes/openapi.yaml over dev/world.mjs.
import { randomBytes } from 'node:crypto'
import { accountCalls } from './account.mjs'
import { choiceCalls } from './choices.mjs'
import { paperCalls } from './papers.mjs'

/** @typedef {import('./world.mjs').World} World */
/** @typedef {import('./world.mjs').Person} Person */
/** @typedef {import('./world.mjs').Order} Order */
/** @typedef {import('./world.mjs').StoredBill} StoredBill */
/** @typedef {import('./world.mjs').Schemas['Bill']} Bill */
/** @typedef {Bill & { period: string, amount_fen: number }} Chosen */
/** @typedef {{ bill_id: string, amount_fen: number }} Part */
/** @typedef {{ csrf: string, person?: Person, way?: string, level?: string, must_change?: boolean }} Visitor */
/** @typedef {{ world: World, visitor: Visitor, body: any, query: URLSearchParams, order?: Order }} Call */

export class No extends Error {
  /** @param {number} status @param {string} code @param {string} message @param {string} [order_no] */
  constructor(status, code, message, order_no) {
    super(message)
    this.status = status
    this.body = { code, message, ...(order_no ? { order_no } : {}) }
  }
}

const token = () => randomBytes(16).toString('hex')

/** @returns {Visitor} */
export const newVisitor = () => ({ csrf: token() })

/** @param {Call} call */
function session({ world, visitor }) {
  const { person, way, level, must_change } = visitor
  const bound = person !== undefined && world.bound === person.student.student_no
  return {
    signed_in: person !== undefined,
    csrf_token: visitor.csrf,
    ...(person ? { level, way, student: person.student } : {}),
    ...(must_change ? { must_change_password: true } : {}),
    wechat: {
      known: world.wechat,
      bound,
      can_bind: world.wechat && way === 'password' && !bound,
      can_sign_in: world.wechat && world.bound !== undefined,
    },
  }
}

/** @param {Call} call @param {Person} person @param {string} way @param {string} level */
function enter(call, person, way, level) {
  Object.assign(call.visitor, { person, way, level, must_change: false, csrf: token() })
  return session(call)
}

/** @param {Call} call */
function leave(call) {
  const nobody = { person: undefined, way: undefined, level: undefined, must_change: false }
  Object.assign(call.visitor, { ...nobody, csrf: token() })
  return session(call)
}

const account = accountCalls(No)

/** @param {Call} call */
function signInToPortal(call) {
  account.solved(call)
  const { username, password } = call.body
  const person = call.world.people.find(
    (one) => one.student.student_no === username && one.password === password,
  )
  if (!person) throw new No(401, 'sign_in_failed', '账号或密码不正确，请核对后重试')
  enter(call, person, 'password', person.level)
  call.visitor.must_change = person.level === 'initial'
  return session(call)
}

/** @param {Call} call */
function signIn(call) {
  const { way, username, password, id_number, name } = call.body
  const person = call.world.people.find((one) =>
    way === 'password'
      ? [one.student.student_no, one.id_number].includes(username) && one.password === password
      : one.id_number === id_number && one.name === name,
  )
  if (!person) {
    const wrong =
      way === 'password' ? '账号或密码不正确，请核对后重试' : '证件号或姓名不正确，请核对后重试'
    throw new No(401, 'sign_in_failed', wrong)
  }
  return enter(call, person, way, way === 'password' ? person.level : 'identity')
}

/** @param {Call} call */
function signInByWechat(call) {
  const person = call.world.people.find((one) => one.student.student_no === call.world.bound)
  if (!person) throw new No(409, 'wechat_identity_needed', '请在微信中打开')
  return enter(call, person, 'wechat', person.level)
}

/** @param {Call} call */
const ownBills = ({ world, visitor }) => {
  const mine = (/** @type {StoredBill} */ bill) => bill.whose === visitor.person?.student.student_no
  return world.bills.some(mine) ? world.bills.filter(mine) : world.bills.filter((it) => !it.whose)
}

/** @param {World} world @param {StoredBill} stored @returns {Bill} */
function shownBill(world, stored) {
  const { bill_id, item, category, merchant_name, due_fen, paid_fen, required } = stored
  const owed_fen = Math.max(due_fen - paid_fen, 0)
  const payable_fen = owed_fen - Math.min(stored.loan_fen ?? 0, owed_fen)
  const order = owed_fen > 0 ? world.orderOf(bill_id) : undefined
  const state = owed_fen === 0 ? 'settled' : order ? 'in_order' : stored.state
  return {
    ...{ bill_id, item, category, merchant_name, due_fen, paid_fen, required },
    ...{ owed_fen, payable_fen, state },
    ticked: state === 'payable' && !stored.deferred,
    ...(stored.partial ? { least_part_fen: Math.min(10000, payable_fen) } : {}),
    ...(stored.pay_before ? { pay_before: stored.pay_before } : {}),
    ...(stored.note && state !== 'settled' ? { note: stored.note } : {}),
    ...(order ? { order_no: order.order_no } : {}),
  }
}

/** @param {number[]} amounts */
const sum = (amounts) => amounts.reduce((total, fen) => total + fen, 0)

/** @param {Call} call */
function listBills(call) {
  const all = ownBills(call).filter((bill) => bill.paid_fen < bill.due_fen)
  const shown = (/** @type {StoredBill} */ bill) => shownBill(call.world, bill)
  const payable = all.map(shown).filter((bill) => bill.state === 'payable')
  return {
    total_owed_fen: sum(all.map((bill) => bill.due_fen - bill.paid_fen)),
    total_payable_fen: sum(payable.map((bill) => bill.payable_fen)),
    merchant_name: '吉林交通职业技术学院',
    periods: [...new Set(all.map((bill) => bill.period))].map((period) => ({
      period,
      bills: all.filter((bill) => bill.period === period).map(shown),
    })),
  }
}

/** @param {Call} call @param {string} bill_id */
function explainBill(call, bill_id) {
  const stored = ownBills(call).find((bill) => bill.bill_id === bill_id)
  if (!stored) throw new No(404, 'bill_not_found', '没有找到这笔费用，请刷新后重试')
  const payments = call.world.orders
    .filter((order) => order.state === 'paid')
    .flatMap(({ order_no, paid_at, lines }) =>
      lines
        .filter((line) => line.bill_id === bill_id)
        .map(({ amount_fen }) => ({ order_no, amount_fen, refunded_fen: 0, paid_at })),
    )
  return {
    bill: shownBill(call.world, stored),
    period: stored.period,
    standard_fen: stored.standard_fen ?? stored.due_fen,
    adjustments: stored.adjustments ?? [],
    terms: stored.terms ?? [],
    payments,
  }
}

/** @param {Call} call */
function listPayments({ world }) {
  const items = world.orders
    .filter((order) => order.state === 'paid')
    .flatMap((order) =>
      order.lines.map(({ period, item, amount_fen }) => {
        const { order_no, paid_at, transaction_id, refunded_fen } = order
        const back = order.lines.length === 1 && refunded_fen ? { refunded_fen } : {}
        return { order_no, period, item, amount_fen, paid_at, transaction_id, ...back }
      }),
    )
  const kept = items.map(
    (item) => item.amount_fen - ('refunded_fen' in item ? item.refunded_fen : 0),
  )
  return { total_paid_fen: kept.reduce((sum, fen) => sum + fen, 0), items }
}

/** @param {Order} order @param {URLSearchParams} query */
function wanted(order, query) {
  const text = query.get('text') ?? ''
  const day = new Date(order.created_at + 8 * 3600_000).toISOString().slice(0, 10)
  const words = [order.order_no, order.transaction_id ?? '']
  const read = [...words, ...order.lines.flatMap((line) => [line.item, line.period])]
  const state = { opened: 'unfinished', awaiting: 'unfinished', closed: 'closed' }
  const said = order.state in state ? state[/** @type {'closed'} */ (order.state)] : 'paid'
  return (
    read.some((part) => part.includes(text)) &&
    day >= (query.get('from') ?? '') &&
    day <= (query.get('to') ?? '9') &&
    said === (query.get('state') ?? said)
  )
}

/** @param {Call} call */
function listOrders({ world, query }) {
  const known = world.orders.filter((order) => wanted(order, query))
  const from = known.findIndex((order) => order.order_no === query.get('before')) + 1
  const orders = known.slice(from, from + 20)
  const more = from + 20 < known.length
  return { orders, ...(more ? { next: orders[orders.length - 1]?.order_no } : {}) }
}

/** @param {World} world @param {Order} order */
function payable(world, order) {
  if (!world.isLive(order)) return { order, wechat: 'settled' }
  if (world.switches.silent_opening > 0) {
    world.switches.silent_opening -= 1
    return { order, wechat: 'unknown' }
  }
  order.state = 'awaiting'
  if (order.channel === 'native') {
    return { order, wechat: 'ready', code_url: `weixin://wxpay/bizpayurl?pr=${order.order_no}` }
  }
  const jsapi = {
    appId: 'wx00000000000000aa',
    timeStamp: String(Math.floor(Date.now() / 1000)),
    nonceStr: token(),
    package: `prepay_id=${order.order_no}`,
    signType: 'RSA',
    paySign: 'not-checked-here',
  }
  return { order, wechat: 'ready', jsapi }
}

/** As the server's rules do. @param {Call} call @param {Chosen[]} chosen */
function judge(call, chosen) {
  if (chosen.some((one) => one.merchant_name !== chosen[0]?.merchant_name))
    throw new No(409, 'bill_not_payable', '所选费用由不同的收款单位收取，请分开缴纳')
  for (const one of chosen) {
    const least = one.least_part_fen ?? one.payable_fen
    if (one.amount_fen > one.payable_fen || one.amount_fen < Math.min(least, one.payable_fen)) {
      const wrong =
        '部分缴费的金额不符合要求：每次至少 100 元，不超过应付金额，且该费用须允许部分缴费'
      throw new No(409, 'part_not_allowed', wrong)
    }
  }
  const latest = chosen.reduce((last, { period }) => (period > last ? period : last), '')
  const whole = chosen.filter((one) => one.amount_fen === one.payable_fen)
  const behind = ownBills(call).some(
    (stored) =>
      stored.period < latest &&
      stored.required &&
      shownBill(call.world, stored).ticked &&
      !whole.some((one) => one.bill_id === stored.bill_id),
  )
  if (call.world.switches.arrears_first && behind)
    throw new No(409, 'arrears_first', '请先缴清（或一并缴清）较早学年的费用')
}

/** @param {Call} call */
function openOrder(call) {
  const { world, body } = call
  const known = world.orders.find(
    (order) => order.order_no === world.orderOfRequest.get(body.request_id),
  )
  if (known) return payable(world, known)
  if (!world.wechat && body.channel !== 'native')
    throw new No(409, 'wechat_identity_needed', '请在微信中从学校公众号的“缴费入口”打开本页再支付')
  /** @type {Map<string, number>} */
  const parts = new Map(
    (body.parts ?? []).map((/** @type {Part} */ part) => [part.bill_id, part.amount_fen]),
  )
  const chosen = body.bill_ids.map((/** @type {string} */ bill_id) => {
    const stored = ownBills(call).find((one) => one.bill_id === bill_id)
    if (!stored) throw new No(404, 'bill_not_found', '没有找到这笔费用，请刷新后重试')
    const bill = { ...shownBill(world, stored), period: stored.period }
    if (bill.order_no) {
      throw new No(
        409,
        'bill_in_live_order',
        '所选费用已在一笔未完成的订单中，请继续支付或取消该订单',
        bill.order_no,
      )
    }
    if (bill.state !== 'payable')
      throw new No(409, 'bill_not_payable', '所选费用目前不能缴纳，请刷新后查看')
    return { ...bill, amount_fen: parts.get(bill_id) ?? bill.payable_fen }
  })
  judge(call, chosen)
  const lines = chosen.map((/** @type {Chosen} */ { bill_id, period, item, amount_fen }) => ({
    ...{ bill_id, period, item, amount_fen },
  }))
  const merchant_name = chosen[0].merchant_name
  const order = world.order({ lines, merchant_name, channel: body.channel ?? 'jsapi' })
  if (order.amount_fen !== body.total_fen)
    throw new No(409, 'bills_changed', '费用金额已更新，请刷新后重新确认')
  world.orders.unshift(order)
  world.orderOfRequest.set(body.request_id, order.order_no)
  return payable(world, order)
}

/** @param {World} world @param {Order} order */
function confirmation(world, order) {
  const scripted = world.isLive(order) ? world.switches.confirm.shift() : undefined
  if (scripted) return { order, wechat: scripted }
  world.settle(order)
  const wechat = order.state === 'paid' ? 'paid' : order.state === 'closed' ? 'closed' : 'not_paid'
  return { order, wechat }
}

/** @param {Call & { order: Order }} call */
function cancelOrder({ world, order }) {
  world.settle(order)
  if (world.isLive(order)) {
    if (world.switches.closing_hangs) {
      Object.assign(order, { closing: true, can_pay: false, can_cancel: false })
      return { order, wechat: 'unknown' }
    }
    world.close(order)
  }
  return confirmation(world, order)
}

/** `first`: works before the initial password is changed @type {Record<string, { open?: boolean, first?: boolean, run: (call: any, id: string) => unknown }>} */
const calls = {
  ...account.calls,
  ...paperCalls(No, payable, confirmation),
  ...choiceCalls(No, payable),
  'GET /site': {
    open: true,
    run: () => ({
      school: '吉林交通职业技术学院',
      platform: '校园统一支付平台',
      account_name: '吉林交通职业技术学院',
      help: '缴费咨询：财务处 0431-0000000',
    }),
  },
  'GET /site/english': {
    open: true,
    run: () => ({
      names: {
        吉林交通职业技术学院: 'Jilin Communications Polytechnic',
        '缴费咨询：财务处 0431-0000000': 'Questions about payment: Finance Office, 0431-0000000',
      },
    }),
  },
  'GET /session': { open: true, run: session },
  'POST /session': { open: true, run: signIn },
  'DELETE /session': {
    first: true,
    run: leave,
  },
  'POST /portal/session': { open: true, run: signInToPortal },
  'POST /account/first-password': {
    first: true,
    run(call) {
      account.setFirst(call)
      return leave(call)
    },
  },
  'POST /account/password': {
    run(call) {
      account.setPassword(call)
      call.visitor.csrf = token()
      return session(call)
    },
  },
  'POST /session/wechat': { open: true, run: signInByWechat },
  'POST /binding': {
    run(call) {
      call.world.bound = call.visitor.person.student.student_no
      return session(call)
    },
  },
  'DELETE /binding': {
    run(call) {
      call.world.bound = undefined
      return session(call)
    },
  },
  'GET /bills': { run: listBills },
  'GET /bills/*': { run: explainBill },
  'GET /payments': { run: listPayments },
  'GET /orders': { run: listOrders },
  'POST /orders': { run: openOrder },
  'GET /orders/*': {
    run({ world, order }) {
      // As if the notice had come; what is paid by a sheet is asked for by its page.
      if (order.channel === 'native' && !world.switches.notices_lost) world.settle(order)
      return order
    },
  },
  'POST /orders/*/pay': { run: (call) => payable(call.world, call.order) },
  'POST /orders/*/confirm': { run: (call) => confirmation(call.world, call.order) },
  'POST /orders/*/cancel': { run: cancelOrder },
}

// "/orders/A1/pay" is the pay of any order, with the id A1.
/** @param {string} path @returns {[name: string, id: string]} */
function nameOf(path) {
  const named =
    /^(\/orders|\/bills|\/choices|\/sign-ups|\/family-links|\/account\/recoveries|\/recoveries)\/([^/]+)(.*)$/.exec(
      path,
    )
  return named ? [`${named[1]}/*${named[3]}`, named[2] ?? ''] : [path, '']
}

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {Call} call
 * @param {string | undefined} csrf
 */
export function answer(method, path, call, csrf) {
  const [name, id] = nameOf(path)
  const found = calls[`${method} ${name}`]
  if (!found) throw new No(404, 'not_found', '没有找到您访问的内容')
  if (method !== 'GET' && csrf !== call.visitor.csrf) {
    throw new No(403, 'csrf_token_wrong', '页面已过期，请刷新后重试')
  }
  if (!found.open && !call.visitor.person) throw new No(401, 'not_signed_in', '请先登录')
  if (!found.open && !found.first && call.visitor.must_change) {
    throw new No(403, 'password_change_needed', '请先修改初始密码')
  }
  if (name.startsWith('/orders/*')) {
    const order = call.world.orders.find((one) => one.order_no === id)
    if (!order) throw new No(404, 'order_not_found', '没有找到该订单')
    call.order = order
  }
  return found.run(call, id)
}
