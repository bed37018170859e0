import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aClosedOrder, anOrder, aPaidOrder, readyToPay } from '../../dev/samples'
import { openOrder, payOrder, type Payable } from '../../shared/api/orders'
import { NoAnswer, Refusal } from '../../shared/errors'
import { openPaySheet } from '../../shared/wx/bridge'
import { intendToPay, presentIntent } from '../../shared/stories/intent'
import { continueOrder, payIntent, type PayStep } from './pay'

vi.mock('../../shared/api/orders')
vi.mock('../../shared/wx/bridge')
const open = vi.mocked(openOrder)
const again = vi.mocked(payOrder)
const sheet = vi.mocked(openPaySheet)

const silent: Payable = { order: anOrder({ state: 'opened' }), wechat: 'unknown' }
const steps: PayStep[] = []
const onStep = (step: PayStep) => void steps.push(step)
const stay = new AbortController().signal

beforeEach(() => {
  vi.useFakeTimers()
  sessionStorage.clear()
  steps.length = 0
  open.mockReset()
  again.mockReset()
  sheet.mockReset().mockResolvedValue('ok')
})
afterEach(() => vi.useRealTimers())

async function ends<T>(work: Promise<T>, ms = 0): Promise<T> {
  work.catch(() => {})
  await vi.advanceTimersByTimeAsync(ms)
  return work
}

describe('a new order', () => {
  it('opens the sheet with the arguments that the server signed', async () => {
    const wish = intendToPay(['1', '2'], 820000)
    open.mockResolvedValue(readyToPay())
    const end = await ends(payIntent(wish, onStep, stay))
    expect(end).toEqual({ kind: 'sheet', order_no: 'A00001', said: 'ok' })
    const { request_id, bill_ids, total_fen } = wish
    expect(open).toHaveBeenCalledExactlyOnceWith({ request_id, bill_ids, total_fen })
    expect(sheet).toHaveBeenCalledExactlyOnceWith(readyToPay().jsapi)
    expect(steps).toEqual(['opening', 'sheet'])
    expect(presentIntent()?.order_no).toBe('A00001')
  })

  it('sends the same request id again after a lost answer', async () => {
    const wish = intendToPay(['1'], 700000)
    open.mockRejectedValueOnce(new NoAnswer('broken')).mockResolvedValueOnce(readyToPay())
    await expect(ends(payIntent(wish, onStep, stay))).rejects.toBeInstanceOf(NoAnswer)
    await ends(payIntent(intendToPay(['1'], 700000), onStep, stay))
    expect(open.mock.calls[1]).toEqual(open.mock.calls[0])
  })

  it('waits for WeChat by continuing the order, never by opening another', async () => {
    open.mockResolvedValue(silent)
    again
      .mockResolvedValueOnce(silent)
      .mockRejectedValueOnce(new NoAnswer('timeout'))
      .mockResolvedValueOnce(readyToPay())
    const end = await ends(payIntent(intendToPay(['1'], 700000), onStep, stay), 4000)
    expect(end).toMatchObject({ kind: 'sheet' })
    expect(open).toHaveBeenCalledOnce()
    expect(again.mock.calls).toEqual([['A00001'], ['A00001'], ['A00001']])
    expect(steps).toContain('waiting_for_wechat')
  })

  it('says so when WeChat has been silent for a minute', async () => {
    open.mockResolvedValue(silent)
    again.mockResolvedValue(silent)
    const end = await ends(payIntent(intendToPay(['1'], 700000), onStep, stay), 70_000)
    expect(end).toEqual({ kind: 'wechat_silent', order_no: 'A00001' })
    expect(sheet).not.toHaveBeenCalled()
  })

  it('asks again with the same request id while the server is busy', async () => {
    const wish = intendToPay(['1'], 700000)
    open
      .mockRejectedValueOnce(new Refusal('busy', '忙', 503))
      .mockRejectedValueOnce(new Refusal('wechat_unknown', '等', 503))
      .mockResolvedValueOnce(readyToPay())
    await ends(payIntent(wish, onStep, stay), 3000)
    expect(new Set(open.mock.calls.map(([body]) => body.request_id))).toEqual(
      new Set([wish.request_id]),
    )
  })

  it('passes refusals on', async () => {
    open.mockRejectedValue(new Refusal('bills_changed', '变了', 409))
    const work = payIntent(intendToPay(['1'], 700000), onStep, stay)
    await expect(ends(work)).rejects.toMatchObject({ code: 'bills_changed' })
    expect(open).toHaveBeenCalledOnce()
  })

  it('is opened with a new request id where the old one led to an order closed long ago', async () => {
    const wish = intendToPay(['1'], 700000)
    open
      .mockResolvedValueOnce({ order: aClosedOrder(), wechat: 'settled' })
      .mockResolvedValueOnce(readyToPay(anOrder({ order_no: 'B00002' })))
    const end = await ends(payIntent(wish, onStep, stay))
    expect(end).toMatchObject({ kind: 'sheet', order_no: 'B00002' })
    expect(open.mock.calls[1]![0].request_id).not.toBe(wish.request_id)
    expect(presentIntent()?.order_no).toBe('B00002')
  })

  it('is never opened anew where the old one turned out to be paid', async () => {
    open.mockResolvedValue({ order: aPaidOrder(), wechat: 'settled' })
    const end = await ends(payIntent(intendToPay(['1'], 700000), onStep, stay))
    expect(end).toMatchObject({ kind: 'settled', order: { state: 'paid' } })
    expect(open).toHaveBeenCalledOnce()
    expect(sheet).not.toHaveBeenCalled()
  })

  it('shows no sheet over another page', async () => {
    const leaving = new AbortController()
    open.mockImplementation(async () => {
      leaving.abort()
      return readyToPay()
    })
    const end = await ends(payIntent(intendToPay(['1'], 700000), onStep, leaving.signal))
    expect(end).toEqual({ kind: 'wechat_silent', order_no: 'A00001' })
    expect(sheet).not.toHaveBeenCalled()
  })

  it('knows that there is no sheet without a bridge', async () => {
    open.mockResolvedValue(readyToPay())
    sheet.mockResolvedValue('absent')
    const end = await ends(payIntent(intendToPay(['1'], 700000), onStep, stay))
    expect(end).toEqual({ kind: 'no_bridge', order_no: 'A00001' })
  })
})

it('continues an unfinished order with fresh arguments', async () => {
  again.mockResolvedValue(readyToPay())
  sheet.mockResolvedValue('cancel')
  const end = await ends(continueOrder('A00001', onStep, stay))
  expect(end).toEqual({ kind: 'sheet', order_no: 'A00001', said: 'cancel' })
  expect(open).not.toHaveBeenCalled()
})
