// The API contract from memory: server/routes/openapi.yaml over dev/world.mjs.
import { randomBytes } from 'node:crypto'
import { accountCalls } from './account.mjs'
import { choiceCalls } from './choices.mjs'
import { paperCalls } from './papers.mjs'

/** @typedef {import('./world.mjs').World} World */
/** @typedef {import('./world.mjs').Person} Person */
/** @typedef {import('./world.mjs').Order} Order */
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
function listBills({ world }) {
  const owed = world.bills.filter((bill) => bill.owed_fen > 0)
  const periods = [...new Set(owed.map((bill) => bill.period))]
  return {
    total_owed_fen: owed.reduce((sum, bill) => sum + bill.owed_fen, 0),
    merchant_name: '吉林交通职业技术学院',
    periods: periods.map((period) => ({
      period,
      bills: owed
        .filter((bill) => bill.period === period)
        .map((stored) => {
          const { bill_id, item, category, due_fen, paid_fen, owed_fen, state, pay_before, note } =
            stored
          const bill = {
            bill_id,
            item,
            category,
            due_fen,
            paid_fen,
            owed_fen,
            state,
            pay_before,
            note,
          }
          const order = world.orderOf(bill.bill_id)
          return order ? { ...bill, state: 'in_order', order_no: order.order_no } : bill
        }),
    })),
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

/** @param {Call} call */
function openOrder({ world, body }) {
  const known = world.orders.find(
    (order) => order.order_no === world.orderOfRequest.get(body.request_id),
  )
  if (known) return payable(world, known)
  if (!world.wechat && body.channel !== 'native')
    throw new No(409, 'wechat_identity_needed', '请在微信中从学校公众号的“缴费入口”打开本页再支付')
  const lines = body.bill_ids.map((/** @type {string} */ bill_id) => {
    const bill = world.bills.find((one) => one.bill_id === bill_id)
    if (!bill) throw new No(404, 'bill_not_found', '没有找到这笔费用，请刷新后重试')
    const order = world.orderOf(bill_id)
    if (order) {
      throw new No(
        409,
        'bill_in_live_order',
        '所选费用已在一笔未完成的订单中，请继续支付或取消该订单',
        order.order_no,
      )
    }
    if (bill.state !== 'payable')
      throw new No(409, 'bill_not_payable', '所选费用目前不能缴纳，请刷新后查看')
    return { bill_id, period: bill.period, item: bill.item, amount_fen: bill.owed_fen }
  })
  const order = world.order({ lines, channel: body.channel ?? 'jsapi' })
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
    /^(\/orders|\/choices|\/sign-ups|\/family-links|\/account\/recoveries|\/recoveries)\/([^/]+)(.*)$/.exec(
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
