import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aClosedOrder, anOrder, aPaidOrder, saying } from '../../dev/samples'
import { confirmOrder, type Confirmation } from '../api/orders'
import { NoAnswer, Refusal } from '../errors'
import type { SheetWord } from '../wx/bridge'
import { settle, type Heard } from './settle'

vi.mock('../api/orders')
const ask = vi.mocked(confirmOrder)
const heard: Heard[] = []

/** Seconds from the beginning at which the server was asked. */
function askedAt(answers: (Confirmation | Error)[]): number[] {
  const start = Date.now()
  const seconds: number[] = []
  ask.mockImplementation(async () => {
    seconds.push((Date.now() - start) / 1000)
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!
    if (answer instanceof Error) throw answer
    return answer
  })
  return seconds
}

const settled = (said: SheetWord, signal = new AbortController().signal) =>
  settle('A00001', said, (now) => heard.push(now), signal)

beforeEach(() => {
  vi.useFakeTimers()
  heard.length = 0
})
afterEach(() => vi.useRealTimers())

describe('certain at once', () => {
  it.each([
    ['ok', saying('paid', aPaidOrder()), 'paid'],
    ['cancel', saying('paid', aPaidOrder()), 'paid'],
    ['fail', saying('paid', anOrder({ state: 'paid_late' })), 'paid'],
    ['ok', saying('closed', aClosedOrder()), 'closed'],
    ['cancel', saying('not_paid'), 'not_paid'],
    ['fail', saying('not_paid'), 'not_paid'],
    ['unknown', saying('not_paid'), 'not_paid'],
    ['ok', saying('paid', anOrder({ note: '金额与订单不一致，正在核实' })), 'undecided'],
    ['ok', saying('closed', aClosedOrder({ note: '金额与订单不一致，正在核实' })), 'undecided'],
  ] as const)('after "%s" %#', async (said, answer, verdict) => {
    const seconds = askedAt([answer])
    const end = settled(said)
    await vi.advanceTimersByTimeAsync(0)
    expect(await end).toMatchObject({ verdict, order: answer.order })
    expect(seconds).toEqual([0])
  })
})

describe('not certain yet', () => {
  it('asks in widening steps and stops in time to say so', async () => {
    const seconds = askedAt([saying('unknown')])
    const end = settled('ok')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await end).toMatchObject({ verdict: 'undecided', wechat: 'unknown' })
    expect(seconds).toEqual([0, 1, 2, 4, 7, 12, 20, 28, 36, 44, 52, 60])
  })

  it('goes on after "ok" while WeChat has not booked it, and finds it paid', async () => {
    const seconds = askedAt([saying('not_paid'), saying('not_paid'), saying('paid', aPaidOrder())])
    const end = settled('ok')
    await vi.advanceTimersByTimeAsync(5000)
    expect(await end).toMatchObject({ verdict: 'paid' })
    expect(seconds).toEqual([0, 1, 2])
  })

  it("does not take WeChat's word for ours: paid is what the order says", async () => {
    askedAt([saying('paid', anOrder()), saying('paid', aPaidOrder())])
    const end = settled('ok')
    await vi.advanceTimersByTimeAsync(0)
    expect(heard).toEqual([{ wechat: 'paid', order: anOrder() }])
    await vi.advanceTimersByTimeAsync(1000)
    expect(await end).toMatchObject({ verdict: 'paid' })
  })

  it('asks again after lost answers and server trouble, and keeps what it knew', async () => {
    askedAt([
      saying('not_paid'),
      new NoAnswer('timeout'),
      new Refusal('busy', '当前访问人数较多，请稍后再试', 503),
      new Refusal('too_many_requests', '操作太频繁，请稍后再试', 429),
      saying('paid', aPaidOrder()),
    ])
    const end = settled('ok')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await end).toMatchObject({ verdict: 'paid' })
    expect(heard[1]).toMatchObject({ wechat: 'unknown', order: anOrder() })
    expect(heard.map((one) => one.problem)).toEqual([
      undefined,
      '网络较慢，暂时没有收到回复，请重试',
      '当前访问人数较多，请稍后再试',
      '操作太频繁，请稍后再试',
      undefined,
    ])
  })

  it('asks at once when the user looks at the page again', async () => {
    const seconds = askedAt([saying('unknown')])
    void settled('ok')
    await vi.advanceTimersByTimeAsync(12_500)
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(0)
    expect(seconds).toEqual([0, 1, 2, 4, 7, 12, 12.5])
  })

  it('stops when the page is left', async () => {
    const leaving = new AbortController()
    const seconds = askedAt([saying('unknown')])
    const end = settled('ok', leaving.signal)
    await vi.advanceTimersByTimeAsync(1500)
    leaving.abort()
    expect(await end).toMatchObject({ verdict: 'stopped' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(seconds).toEqual([0, 1])
  })
})

it('passes a refusal on: asking again would not help', async () => {
  askedAt([new Refusal('order_not_found', '没有找到该订单', 404)])
  const end = expect(settled('ok')).rejects.toMatchObject({ code: 'order_not_found' })
  await vi.advanceTimersByTimeAsync(0)
  await end
})
