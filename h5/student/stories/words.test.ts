import { expect, it } from 'vitest'
import { anOrder } from '../../dev/samples'
import { linesWord, periodWord, stateWord } from './words'

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
])('%#', (order, now, word) => expect(stateWord(order, now).word).toBe(word))

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
