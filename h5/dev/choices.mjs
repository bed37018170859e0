// What one may choose, in memory: a little of each kind.
/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {import('./api.mjs').Call} Call */
/** @typedef {import('./world.mjs').World} World */

const dayMs = 86_400_000
/** midnight of Beijing, so many days from now @param {number} days */
const inDays = (days) => Math.floor(Date.now() / dayMs + days) * dayMs + 16 * 3_600_000

/** @type {Omit<Schemas['Choice'], 'merchant_name'>[]} */
const offered = [
  {
    item_id: '501',
    item: '冬季校服',
    category: 'other',
    period: '2026-2027学年',
    description: '自愿订购，请按平时穿着选择尺码',
    state: 'open',
    open_until: inDays(20),
    price_fen: 26800,
    form: [
      { label: '尺码', kind: 'choice', required: true, options: ['小', '中', '大', '加大'] },
      { label: '备注', kind: 'text', required: false },
    ],
  },
  {
    item_id: '502',
    item: '毕业照',
    category: 'other',
    period: '2027届',
    state: 'not_yet_open',
    note: '毕业前一学期的三月开放订购',
    price_fen: 4500,
    form: [],
  },
  {
    item_id: '511',
    item: '电费充值',
    category: 'living',
    period: '',
    description: '一般几分钟内到账',
    state: 'open',
    min_fen: 1000,
    max_fen: 50000,
    target: { label: '宿舍', hint: '楼号-房间号，如12-305', pattern: '^[0-9]{1,2}-[0-9]{3}$' },
    form: [],
  },
  {
    item_id: '521',
    item: '职业技能竞赛讲座',
    category: 'enrolment',
    period: '2026-2027学年',
    description: '周三晚七点，图书馆报告厅',
    state: 'open',
    price_fen: 0,
    capacity: 300,
    places_left: 288,
    form: [],
  },
  {
    item_id: '522',
    item: '驾驶技能培训班',
    category: 'enrolment',
    period: '2026-2027学年',
    description: '每班二十人，周末上课',
    state: 'open',
    open_from: inDays(-10),
    open_until: inDays(10),
    price_fen: 12000,
    capacity: 20,
    places_left: 3,
    form: [{ label: '联系手机', kind: 'phone', required: true }],
  },
  {
    item_id: '523',
    item: '茶艺体验',
    category: 'enrolment',
    period: '2026-2027学年',
    state: 'full',
    note: '名额已满',
    price_fen: 3000,
    capacity: 12,
    places_left: 0,
    form: [],
  },
]

/** @type {WeakMap<World, { signUps: Schemas['SignUp'][], topUps: Schemas['TopUp'][] }>} */
const made = new WeakMap()

/** @param {World} world */
function madeIn(world) {
  const known = made.get(world) ?? { signUps: [], topUps: [] }
  made.set(world, known)
  // What became of the orders behind them.
  for (const one of known.signUps) {
    const order = world.orders.find((it) => it.order_no === one.order_no)
    if (one.state !== 'held' || !order || world.isLive(order)) continue
    one.state = order.state === 'paid' ? 'done' : 'closed'
    one.can_cancel = false
  }
  for (const one of known.topUps) {
    const order = world.orders.find((it) => it.order_no === one.order_no)
    if (one.state !== 'open' || !order || world.isLive(order)) continue
    one.state = order.state === 'paid' ? 'paid' : 'closed'
    one.delivery = order.state === 'paid' ? 'delivered' : 'none'
  }
  return known
}

/** @param {Call} call */
function list({ world, query }) {
  const { signUps, topUps } = madeIn(world)
  const choices = offered
    .filter((one) => one.category === query.get('category'))
    .map((one) => {
      const own = signUps.find(
        (it) => it.item_id === one.item_id && ['held', 'done'].includes(it.state),
      )
      const open = topUps.find((it) => it.item_id === one.item_id && it.state === 'open')
      return {
        ...one,
        merchant_name: '吉林交通职业技术学院',
        ...(own ? { own } : {}),
        ...(open ? { unfinished_order_no: open.order_no } : {}),
      }
    })
  return { choices }
}

let serial = 0

/** @param {Call} call @param {string} id @param {typeof import('./api.mjs').No} No @param {(world: World, order: Schemas['Order']) => object} payable */
function choose({ world, body }, id, No, payable) {
  const known = world.orders.find(
    (order) => order.order_no === world.orderOfRequest.get(body.request_id),
  )
  if (known) return payable(world, known)
  const { signUps, topUps } = madeIn(world)
  const item = offered.find((one) => one.item_id === id)
  if (!item) throw new No(404, 'choice_not_found', '没有找到该项目，请刷新后重试')
  const held =
    topUps.find((it) => it.item_id === id && it.state === 'open') ??
    signUps.find((it) => it.item_id === id && it.state === 'held')
  if (held?.order_no) {
    throw new No(
      409,
      'bill_in_live_order',
      '所选费用已在一笔未完成的订单中，请继续支付或取消该订单',
      held.order_no,
    )
  }
  if (item.state !== 'open') throw new No(409, 'choice_not_open', item.note ?? '')
  const sign_up = {
    sign_up_id: String(900 + ++serial),
    item_id: id,
    item: item.item,
    category: /** @type {'other' | 'enrolment'} */ (item.category),
    period: item.period,
    amount_fen: body.amount_fen,
    created_at: Date.now(),
    can_cancel: true,
    ...(body.answers
      ? {
          answers: Object.entries(body.answers).map(([label, answer]) => ({
            label,
            answer: String(answer),
          })),
        }
      : {}),
  }
  if (item.price_fen === 0) {
    const done = { ...sign_up, state: /** @type {'done'} */ ('done') }
    signUps.unshift(done)
    return { sign_up: done }
  }
  const period = item.category === 'living' ? `第${topUps.length + 1}次` : item.period
  const lines = [
    { bill_id: String(70000 + serial), period, item: item.item, amount_fen: body.amount_fen },
  ]
  const order = world.order({
    lines,
    channel: body.channel ?? 'jsapi',
    chosen_from: /** @type {'other' | 'living' | 'enrolment'} */ (item.category),
  })
  world.orders.unshift(order)
  world.orderOfRequest.set(body.request_id, order.order_no)
  if (item.category === 'living') {
    topUps.unshift({
      order_no: order.order_no,
      item_id: id,
      item: item.item,
      target_label: item.target?.label ?? '',
      target: body.target,
      amount_fen: body.amount_fen,
      state: 'open',
      delivery: 'none',
      created_at: Date.now(),
    })
  } else {
    signUps.unshift({ ...sign_up, state: 'held', order_no: order.order_no })
  }
  return payable(world, order)
}

/** @param {Call} call @param {string} id @param {typeof import('./api.mjs').No} No */
function cancel({ world }, id, No) {
  const { signUps } = madeIn(world)
  const found = signUps.find((one) => one.sign_up_id === id)
  if (!found) throw new No(404, 'sign_up_not_found', '没有找到这次报名')
  const order = world.orders.find((one) => one.order_no === found.order_no)
  if (order) world.close(order)
  Object.assign(found, { state: order ? 'closed' : 'cancelled', can_cancel: false })
  return { sign_up: found }
}

/**
 * @param {typeof import('./api.mjs').No} No
 * @param {(world: World, order: Schemas['Order']) => object} payable
 */
export function choiceCalls(No, payable) {
  return {
    'GET /choices': { run: list },
    'POST /choices/*/order': {
      run: (/** @type {Call} */ call, /** @type {string} */ id) => choose(call, id, No, payable),
    },
    'GET /sign-ups': {
      run: (/** @type {Call} */ { world }) => ({ sign_ups: madeIn(world).signUps }),
    },
    'POST /sign-ups/*/cancel': {
      run: (/** @type {Call} */ call, /** @type {string} */ id) => cancel(call, id, No),
    },
    'GET /top-ups': { run: (/** @type {Call} */ { world }) => ({ top_ups: madeIn(world).topUps }) },
  }
}
