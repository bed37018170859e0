// A small college in memory behind the mock API. Everybody in it is invented; the ID numbers only have
// right check digits.
import { randomBytes } from 'node:crypto'

const hour = 3600_000
const day = 24 * hour

/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {Schemas['Order']} Order */
/**
 * @typedef {Omit<Schemas['Bill'], 'owed_fen' | 'payable_fen' | 'ticked' | 'least_part_fen'> & {
 *   period: string,
 *   whose?: string,
 *   partial?: boolean,
 *   deferred?: boolean,
 *   loan_fen?: number,
 *   standard_fen?: number,
 *   adjustments?: Schemas['BillStory']['adjustments'],
 *   terms?: Schemas['BillStory']['terms'],
 * }} StoredBill `whose` student number; what is nobody's is everybody's who has no bills of his own
 */
/** @typedef {{ student: Schemas['Student'], id_number: string, name: string, password: string, level: 'initial' | 'own', answers: Record<string, string>, gender: 'male' | 'female', phone: string, email: string, postcode: string, address: string, bank_card: string }} Person */

/** What the world does on demand; tests change it as they go. */
export const calm = () => ({
  /** before every answer */
  delay_ms: 0,
  /** path → refusal, 'cut' to drop the connection, 'hang' to wait until that is taken away; `METHOD /path`, * at the end matches the rest
   * @type {Record<string, 'cut' | 'hang' | { status: number, code: string, message: string, order_no?: string }>} */
  refuse: {},
  /** how many times openOrder and payOrder find WeChat silent */
  silent_opening: 0,
  /** WeChat's words for the next confirmations, before it tells the truth
   * @type {Schemas['Confirmation']['wechat'][]} */
  confirm: [],
  /** cancelling stays unconfirmed */
  closing_hangs: false,
  /** a scanned payment is known only to those who ask */
  notices_lost: false,
  /** the school wants earlier fees first */
  arrears_first: false,
})

/** @param {{ now?: number, wechat?: boolean }} [how] wechat: sessions have a WeChat identity */
export function makeWorld(how = {}) {
  const now = how.now ?? Date.now()

  /** @type {Person[]} */
  const people = [
    person('2024010123', '张晓同', '110105200603071238', 'own'),
    person('2025020456', '欧阳雨桐', '440524200701010014', 'initial'),
    person('2023030789', '林一诺', '220102200508150022', 'own'),
  ]

  /** @param {string} student_no @param {string} name @param {string} id @param {'initial' | 'own'} level @returns {Person} */
  function person(student_no, name, id, level) {
    return {
      id_number: id,
      name,
      level,
      gender: Number(id[16]) % 2 ? 'male' : 'female',
      phone: level === 'own' ? '13900000123' : '',
      email: level === 'own' ? 'xiaotong@mail.example' : '',
      postcode: level === 'own' ? '130012' : '',
      address: level === 'own' ? '吉林省长春市朝阳区某某街道一号' : '',
      bank_card: '',
      // The mock's answers to the questions of 找回密码.
      answers:
        level === 'own'
          ? { head_teacher: '王老师', book: '西游记', birthplace: '某某镇' }
          : /** @type {Record<string, string>} */ ({}),
      password: level === 'own' ? 'rain-on-the-rails' : id.slice(-6),
      student: {
        student_no,
        name: `${name[0]}*${name.slice(-1)}`,
        id_number: `${id.slice(0, 3)}***********${id.slice(-4)}`,
        college: '汽车工程学院',
        major: '新能源汽车技术',
        class_name: '新能源2401班',
        grade: '2024级',
      },
    }
  }

  /** @type {StoredBill[]} */
  const bills = [
    bill('101', '2026-2027学年', '学费', 'tuition', 700000, 0, { pay_before: now + 60 * day }),
    bill('102', '2026-2027学年', '住宿费', 'lodging', 120000, 0, { pay_before: now + 60 * day }),
    bill('103', '2026-2027学年', '教材费', 'other', 68050, 0),
    bill('104', '2026-2027学年', '实习保险费', 'other', 12000, 0, {
      state: 'not_yet_open',
      note: '2027-03-01 起缴纳',
    }),
    bill('081', '2025-2026学年', '学费', 'tuition', 700000, 500000),
    bill('082', '2025-2026学年', '住宿费', 'lodging', 120000, 0, { state: 'window_closed' }),
  ]

  /** @param {string} bill_id @param {string} period @param {string} item @param {StoredBill['category']} category @param {number} due_fen @param {number} paid_fen @param {Partial<StoredBill>} [more] @returns {StoredBill} */
  function bill(bill_id, period, item, category, due_fen, paid_fen, more = {}) {
    return {
      bill_id,
      period,
      item,
      category,
      merchant_name: '吉林交通职业技术学院',
      due_fen,
      paid_fen,
      required: true,
      state: 'payable',
      ...more,
    }
  }

  const whose = '2023030789'
  const paper = { reason: '家庭经济困难', paper_no: '吉交院〔2026〕18号', at_ms: now - 20 * day }
  const loan = { kind: /** @type {const} */ ('loan'), amount_fen: 400000, until: now + 90 * day }
  const deferral = { kind: /** @type {const} */ ('deferral'), amount_fen: 0 }
  const logistics = '吉林交院后勤服务有限公司'
  /** Of one student, everything that a bill can be. */
  const everything = [
    bill('901', '2026-2027学年', '学费', 'tuition', 750000, 0, {
      whose,
      loan_fen: loan.amount_fen,
      note: `其中 4,000.00 元由助学贷款支付，等待发放至 ${dayOf(loan.until)}`,
      standard_fen: 800000,
      adjustments: [
        { ...paper, kind: 'reduction', amount_fen: -100000, reason: '建档立卡学生学费减免' },
        {
          ...paper,
          kind: 'surcharge',
          amount_fen: 80000,
          paper_no: '',
          reason: '转入新能源专业补收',
        },
        { ...paper, kind: 'correction', amount_fen: -30000, reason: '学分数更正' },
      ],
      terms: [
        { ...paper, ...deferral, until: now - 10 * day, at_ms: now - 60 * day },
        { ...paper, ...loan },
      ],
    }),
    bill('902', '2026-2027学年', '住宿费', 'lodging', 120000, 0, {
      whose,
      loan_fen: 120000,
      state: 'covered',
      note: `由助学贷款支付，等待发放至 ${dayOf(loan.until)}`,
      terms: [{ ...paper, ...loan, amount_fen: 120000 }],
    }),
    bill('903', '2026-2027学年', '实训材料费', 'other', 250000, 0, {
      whose,
      partial: true,
      pay_before: now + 60 * day,
      note: `截止 ${dayOf(now + 60 * day)}`,
    }),
    bill('904', '2026-2027学年', '教材费', 'other', 68050, 0, {
      whose,
      deferred: true,
      note: `已批准缓缴至 ${dayOf(now + 40 * day)}`,
      terms: [{ ...paper, ...deferral, until: now + 40 * day }],
    }),
    bill('905', '2026-2027学年', '校园网服务费', 'other', 24000, 0, {
      whose,
      required: false,
      merchant_name: logistics,
    }),
    bill('906', '2025-2026学年', '水电费', 'other', 36000, 6000, {
      whose,
      merchant_name: logistics,
      pay_before: now - 30 * day,
    }),
    bill('907', '2025-2026学年', '体检费', 'other', 8000, 0, { whose }),
  ]
  bills.push(...everything)

  /** @param {number} instant */
  function dayOf(instant) {
    return new Date(instant + 8 * hour).toISOString().slice(0, 10)
  }

  let made = 0
  /** @param {Partial<Order> & { lines: Order['lines'] }} parts @returns {Order} */
  function order(parts) {
    const created_at = parts.created_at ?? Date.now()
    made += 1
    return {
      order_no: `P${20260900000000 + made}${randomBytes(4).toString('hex')}`,
      state: 'opened',
      channel: 'jsapi',
      amount_fen: parts.lines.reduce((sum, line) => sum + line.amount_fen, 0),
      merchant_name: '吉林交通职业技术学院',
      created_at,
      pay_until: created_at + 2 * hour,
      closing: false,
      can_pay: true,
      can_cancel: true,
      ...parts,
    }
  }

  /** Newest first. @type {Order[]} */
  const orders = []
  for (let back = 1; back <= 46; back++) {
    const created_at = now - back * 26 * day
    const paid = back % 3 !== 2
    const year = new Date(created_at).getUTCFullYear()
    const line = {
      bill_id: `${back}0`,
      period: `${year}-${year + 1}学年`,
      item: ['学费', '住宿费', '教材费', '体检费'][back % 4] ?? '',
    }
    orders.push(
      order({
        created_at,
        state: paid ? 'paid' : 'closed',
        channel: back % 5 === 0 ? 'native' : 'jsapi',
        ...(paid
          ? {
              paid_at: created_at + 40_000,
              transaction_id: `4200002${'0'.repeat(15)}${900000 - back * 7919}`,
            }
          : { closed_at: created_at + 2 * hour }),
        can_pay: false,
        can_cancel: false,
        lines: [{ ...line, amount_fen: [700000, 120000, 68050, 8000][back % 4] ?? 0 }],
      }),
    )
  }

  /** Money back on the first paid orders of the list: in every state there is, and the rest without a word of it. */
  const paidOrders = orders.filter((it) => it.state === 'paid')
  /** @type {(order: Order | undefined, amount_fen: number, state: NonNullable<Order['refunds']>[number]['state']) => void} */
  function goBack(order, amount_fen, state) {
    if (!order) return
    const at_ms = state === 'processing' ? null : now - 2 * hour
    ;(order.refunds ??= []).push({ amount_fen, state, at_ms, reason: '退宿退费' })
    order.refunded_fen = (order.refunded_fen ?? 0) + (state === 'success' ? amount_fen : 0)
  }
  goBack(paidOrders[0], 40000, 'success')
  goBack(paidOrders[1], 8000, 'success')
  goBack(paidOrders[2], 100000, 'success')
  goBack(paidOrders[2], 60000, 'processing')
  goBack(paidOrders[3], 68050, 'abnormal')

  /** @type {Map<string, string>} */
  const orderOfRequest = new Map()
  /** what WeChat knows and we may not yet @type {Set<string>} */
  const paidAtWechat = new Set()
  /** their answers @type {Map<string, string>} */
  const captchas = new Map()
  /** @type {import('./account.mjs').Recovery[]} */
  const recoveries = []

  const isLive = (/** @type {Order} */ it) => it.state === 'opened' || it.state === 'awaiting'
  const orderOf = (/** @type {string} */ bill_id) =>
    orders.find((it) => isLive(it) && it.lines.some((line) => line.bill_id === bill_id))

  /** Books a payment that WeChat has told of. @param {Order} it */
  function settle(it) {
    if (!paidAtWechat.has(it.order_no) || !isLive(it)) return
    Object.assign(it, {
      state: 'paid',
      paid_at: Date.now(),
      transaction_id: '4200002026092512345678901234',
      can_pay: false,
      can_cancel: false,
      closing: false,
    })
    for (const line of it.lines) {
      const stored = bills.find((one) => one.bill_id === line.bill_id)
      if (stored) stored.paid_fen += line.amount_fen
    }
  }

  /** @param {Order} it */
  function close(it) {
    Object.assign(it, {
      state: 'closed',
      closed_at: Date.now(),
      can_pay: false,
      can_cancel: false,
      closing: false,
    })
  }

  return {
    wechat: how.wechat ?? true,
    switches: calm(),
    people,
    bills,
    orders,
    orderOfRequest,
    paidAtWechat,
    captchas,
    recoveries,
    /** student number bound to the one WeChat account there is @type {string | undefined} */
    bound: undefined,
    order,
    isLive,
    orderOf,
    settle,
    close,
  }
}

/** @typedef {ReturnType<typeof makeWorld>} World */
