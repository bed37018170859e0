import { expect, it } from 'vitest'
import { anOrder } from '../../dev/samples'
import type { Order } from '../api/orders'
import { linesWord, periodWord, stateWord } from './words'

type Refund = NonNullable<Order['refunds']>[number]
const back = (state: Refund['state'], amount_fen = 1): Refund => ({
  amount_fen,
  state,
  at_ms: before,
  reason: '退宿',
})

const before = Date.UTC(2026, 8, 1, 3)
const after = Date.UTC(2026, 8, 1, 9)

it.each([
  [anOrder({ state: 'opened' }), before, '待支付'],
  [anOrder({ state: 'awaiting' }), before, '待支付'],
  [anOrder({ state: 'awaiting' }), after, '已超时'],
  [anOrder({ state: 'awaiting', closing: true }), before, '正在关闭'],
  [anOrder({ state: 'paid' }), after, '支付成功'],
  [anOrder({ state: 'closed' }), after, '已关闭'],
  [anOrder({ state: 'paid_late' }), after, '已收到付款'],
  [anOrder({ state: 'awaiting', note: '金额不一致' }), before, '核实中'],
  [anOrder({ state: 'closed', note: '金额不一致' }), before, '核实中'],
  [anOrder({ state: 'paid', refunded_fen: 0, refunds: [] }), after, '支付成功'],
  [anOrder({ state: 'paid', refunded_fen: 1, refunds: [back('success')] }), after, '部分退款'],
  [anOrder({ state: 'paid', refunded_fen: 820000 }), after, '已退款'],
  [anOrder({ state: 'paid_late', refunded_fen: 820000 }), after, '已退款'],
  [anOrder({ state: 'paid', refunds: [back('processing')] }), after, '退款处理中'],
  [
    anOrder({ state: 'paid', refunded_fen: 1, refunds: [back('success'), back('processing')] }),
    after,
    '退款处理中',
  ],
  [
    anOrder({ state: 'paid', refunds: [back('abnormal'), back('processing')] }),
    after,
    '退款未到账',
  ],
])('%#', (order, now, word) => expect(stateWord(order, now).word).toBe(word))

it("lets the server's own sentence speak, except where the refund has overtaken it", () => {
  const note = '订单关闭后收到付款，未能计入的部分将由学校退回'
  expect(stateWord(anOrder({ state: 'paid_late', note })).sentence).toBe(note)
  expect(stateWord(anOrder({ state: 'closed', note })).sentence).toBe(note)
  expect(stateWord(anOrder({ state: 'paid_late', note, refunded_fen: 820000 })).sentence).toContain(
    '已按原支付方式退回',
  )
})

it('names an order by what it pays', () => {
  const line = (item: string, period = '2026-2027学年') => ({
    bill_id: `${period} ${item}`,
    period,
    item,
    amount_fen: 1,
  })
  expect(linesWord({ lines: [line('学费'), line('住宿费')] })).toBe('学费、住宿费')
  expect(linesWord({ lines: [line('学费'), line('学费', '2025-2026学年')] })).toBe('学费')
  expect(linesWord({ lines: ['学费', '住宿费', '教材费'].map((item) => line(item)) })).toBe(
    '学费等 3 项',
  )
  expect(periodWord({ lines: [line('学费'), line('住宿费')] })).toBe('2026-2027学年')
  expect(periodWord({ lines: [line('学费'), line('学费', '2025-2026学年')] })).toBe('')
})
