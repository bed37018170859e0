import { describe, expect, it } from 'vitest'
import type { ConsoleOrder, OrderLife } from '../../shared/api/console_orders'
import type { ConsoleRefund } from '../../shared/api/console_refunds'
import { storyOf } from './order_life'
import {
  orderFields,
  orderFilterOf,
  pastedNumbers,
  studentText,
  wantedOf,
  whatIsTyped,
  whatText,
} from './orders'
import { refundFilterOf, shareFault, sharesOf } from './refunds'
import { useRequestId } from './request_id'

describe('what is typed to find an order', () => {
  it.each([
    ['CP20260901080509A7K2M9XQ4Z', 'order_no'],
    ['20260901080509A7K2M9XQ4Z', 'order_no'],
    ['4200002026092512345678901234', 'transaction_id'],
    [' 2024010123 ', 'student_no'],
    ['林一诺', 'name'],
    ['欧阳 雨', 'name'],
  ])('%s is a %s', (text, what) => {
    expect(whatIsTyped(text)).toEqual({ [what]: text.trim() })
  })
})

describe('a filter of orders', () => {
  const wanted = {
    ...{ text: '2024010123', state: 'live', opened_from: '2026-09-01', college: '汽车工程学院' },
    ...{ least: '1,200', most: '1200.5', channel: 'native', odd: 'yes' },
  }
  it('is what the contract calls it, money in fen', () => {
    expect(orderFilterOf(wanted)).toEqual({
      ...{ student_no: '2024010123', states: ['opened', 'awaiting'], opened_from: '2026-09-01' },
      ...{ college: '汽车工程学院', amount_min_fen: 120000, amount_max_fen: 120050 },
      ...{ channel: 'native', odd: true },
    })
    expect(orderFilterOf({})).toEqual({})
  })
  it('comes back from where it was saved', () => {
    const filter = orderFilterOf(wanted)
    expect(orderFilterOf(wantedOf(filter))).toEqual(filter)
    expect(wantedOf({ amount_min_fen: 5 })['least']).toBe('0.05')
    expect(wantedOf({ states: ['paid'] })).toEqual({ state: 'paid' })
  })
  it('names each field once', () => {
    const ids = orderFields(() => undefined).flatMap((field) => field.days ?? [field.id])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

it('takes pasted numbers however they are set apart, each once', () => {
  expect(pastedNumbers('A1\nB2, A1；C3\t D4、').numbers).toEqual(['A1', 'B2', 'C3', 'D4'])
  expect(pastedNumbers('  ').fault).toContain('请粘贴')
  const many = Array.from({ length: 501 }, (_, at) => `n${at}`).join(' ')
  expect(pastedNumbers(many).fault).toContain('501')
  expect(pastedNumbers('x'.repeat(65)).fault).toContain('太长')
})

it('says what an order is for, and whose it is', () => {
  expect(whatText({ what: '学费', line_count: 1 })).toBe('学费')
  expect(whatText({ what: '学费', line_count: 3 })).toBe('学费 等 3 项')
  expect(studentText(undefined)).toBe('—')
})

const order: ConsoleOrder = {
  ...{ order_no: 'N1', state: 'paid', channel: 'jsapi', amount_fen: 700000, refunded_fen: 0 },
  ...{ mch_id: '1', merchant_name: '某某学院', opened_at: 100, pay_until: 900, closing: false },
  ...{ what: '学费', line_count: 1 },
}
const refund: ConsoleRefund = {
  ...{ refund: 'R1', order_no: 'N1', state: 'rejected', state_text: '已驳回', origin: 'asked' },
  ...{ amount_fen: 5, payment_fen: 9, afterwards: 'settled', reason: '多收', note: '' },
  ...{ asked_by: { name: '王', me: false }, asked_at: 400, decided_by: { name: '赵', me: false } },
  ...{ decided_at: 500, reject_reason: '已处理', lines: [], can: [], deeds: [] },
}
const life = (parts: Partial<OrderLife>): OrderLife => ({
  ...{ order, lines: [], steps: [], notices: [], questions: [], refunds: [], messages: [] },
  ...{ deeds: [], journals: [], can_ask_wechat: true },
  ...parts,
})

describe('the life of an order', () => {
  it('is one story of all that is known, in the order of time', () => {
    const story = storyOf(
      life({
        steps: [
          { step: 'opened', text: '下单', at_ms: 100 },
          { step: 'prepared', text: '已准备', at_ms: null },
          { step: 'paid', text: '已支付', at_ms: 200 },
        ],
        questions: [
          {
            ...{ kind: 'query', answer: 'open', answer_text: '未支付', count: 3 },
            ...{ first_at: 110, last_at: 150 },
          },
        ],
        refunds: [refund],
        deeds: [
          {
            ...{
              at_ms: 300,
              who: { name: '王', me: true },
              action: 'x',
              action_text: '向微信查询',
            },
            ...{ object: 'N1', result: 'ok' },
          },
        ],
      }),
    )
    expect(story.map(({ text }) => text)).toEqual([
      ...['下单', '已准备', '询问微信：未支付', '已支付'],
      ...['向微信查询', '申请退款：多收', '驳回退款'],
    ])
    expect(story[2]?.more).toBe('共 3 次')
    expect(story[6]?.more).toBe('已处理')
  })
})

describe('a refund', () => {
  it('takes what is left of each line, and money in suspense', () => {
    const shares = sharesOf(
      life({
        lines: [
          {
            ...{ line_no: 1, bill_id: '1', item: '学费', period: '2026', amount_fen: 700000 },
            ...{ credited_fen: 700000, held_fen: 0, refunded_fen: 0 },
          },
        ],
      }),
      { left_fen: 900000, surplus_left_fen: 200000, lines: [{ line_no: 1, left_fen: 700000 }] },
    )
    expect(shares.map(({ line_no, left_fen }) => [line_no, left_fen])).toEqual([
      [1, 700000],
      [0, 200000],
    ])
    const [share] = shares
    expect(shareFault('7000', share!)).toBe('')
    expect(shareFault('', share!)).toBe('')
    expect(shareFault('7000.01', share!)).toContain('7,000.00')
    expect(shareFault('很多', share!)).toContain('金额')
  })
  it('is found by order, student, name or its own number', () => {
    expect(
      refundFilterOf({ text: '林', refund: ' R 1 ', mine: 'to_decide', state: 'trouble' }),
    ).toEqual({
      ...{ name: '林', refund: 'R1', mine: 'to_decide', states: ['abnormal', 'refused'] },
    })
    expect(refundFilterOf({ text: '2024010123', asked_from: '2026-09-01' })).toEqual({
      ...{ student_no: '2024010123', asked_from: '2026-09-01' },
    })
  })
  it('is one intent however often it is sent, and another when it is changed', () => {
    const requestId = useRequestId()
    const first = requestId({ amount_fen: 1 })
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect(requestId({ amount_fen: 1 })).toBe(first)
    expect(requestId({ amount_fen: 2 })).not.toBe(first)
  })
})
