// Answers of the server for unit tests.
import type { Arrears, Bill, BillStory } from '../shared/api/bills'
import type { Confirmation, Order, Payable } from '../shared/api/orders'
import type { Session } from '../shared/api/session'

const beginning = Date.UTC(2026, 8, 1, 2)

export const aBill = (parts: Partial<Bill> = {}): Bill => {
  const due_fen = parts.due_fen ?? 700000
  const paid_fen = parts.paid_fen ?? 0
  const owed_fen = parts.owed_fen ?? due_fen - paid_fen
  const state = parts.state ?? 'payable'
  return {
    bill_id: '1',
    item: '学费',
    category: 'tuition',
    merchant_name: '某某学院',
    due_fen,
    paid_fen,
    owed_fen,
    payable_fen: owed_fen,
    state,
    ticked: state === 'payable',
    required: true,
    ...parts,
  }
}

/** One period of them, or none where there is no bill. */
export const anArrears = (...bills: Bill[]): Arrears => ({
  total_owed_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
  total_payable_fen: bills.reduce((sum, bill) => sum + bill.payable_fen, 0),
  merchant_name: '某某学院',
  periods: bills.length > 0 ? [{ period: '2026-2027学年', bills }] : [],
})

export const aBillStory = (parts: Partial<BillStory> = {}): BillStory => ({
  bill: aBill(),
  period: '2026-2027学年',
  standard_fen: 700000,
  adjustments: [],
  terms: [],
  payments: [],
  ...parts,
})

export const anOrder = (parts: Partial<Order> = {}): Order => ({
  order_no: 'A00001',
  state: 'awaiting',
  channel: 'jsapi',
  amount_fen: 820000,
  merchant_name: '某某学院',
  created_at: beginning,
  pay_until: beginning + 7200_000,
  closing: false,
  can_pay: true,
  can_cancel: true,
  lines: [
    { bill_id: '1', period: '2026-2027学年', item: '学费', amount_fen: 700000 },
    { bill_id: '2', period: '2026-2027学年', item: '住宿费', amount_fen: 120000 },
  ],
  ...parts,
})

export const aPaidOrder = (parts: Partial<Order> = {}): Order =>
  anOrder({
    state: 'paid',
    paid_at: beginning + 60_000,
    transaction_id: '4200000000000000000000000001',
    can_pay: false,
    can_cancel: false,
    ...parts,
  })

export const aClosedOrder = (parts: Partial<Order> = {}): Order =>
  anOrder({ state: 'closed', can_pay: false, can_cancel: false, ...parts })

export const saying = (wechat: Confirmation['wechat'], order: Order = anOrder()): Confirmation => ({
  order,
  wechat,
})

export const readyToPay = (order: Order = anOrder()): Payable => ({
  order,
  wechat: 'ready',
  jsapi: {
    appId: 'wx0000000000000001',
    timeStamp: '1790000000',
    nonceStr: 'n',
    package: 'prepay_id=wx1',
    signType: 'RSA',
    paySign: 's',
  },
})

export const aSession = (parts: Partial<Session> = {}): Session => ({
  signed_in: true,
  csrf_token: 'token',
  level: 'own',
  way: 'password',
  student: { student_no: '2024010123', name: '张*同', id_number: '110***********1238' },
  wechat: { known: true, bound: false, can_bind: true, can_sign_in: false },
  ...parts,
})

export const aStranger = (wechat: Partial<Session['wechat']> = {}): Session => ({
  signed_in: false,
  csrf_token: 'token',
  wechat: { known: true, bound: false, can_bind: false, can_sign_in: false, ...wechat },
})
