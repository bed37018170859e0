import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  aBill,
  aClosedOrder,
  anArrears,
  anOrder,
  aPaidOrder,
  readyToPay,
  saying,
} from '../../dev/samples'
import { listBills } from '../api/bills'
import { cancelOrder, confirmOrder, openOrder, type Payable } from '../api/orders'
import { NoAnswer, Refusal } from '../errors'
import { presentIntent } from './intent'
import { swapChannel, type SwapStep } from './swap'

vi.mock('../api/bills')
vi.mock('../api/orders')
const cancel = vi.mocked(cancelOrder)
const confirm = vi.mocked(confirmOrder)
const open = vi.mocked(openOrder)

const steps: SwapStep[] = []
const stay = new AbortController().signal
const code: Payable = {
  order: anOrder({ order_no: 'B00001', channel: 'native' }),
  wechat: 'ready',
  code_url: 'weixin://wxpay/bizpayurl?pr=B1',
}

beforeEach(() => {
  vi.useFakeTimers()
  sessionStorage.clear()
  steps.length = 0
  cancel.mockReset()
  confirm.mockReset()
  open.mockReset().mockResolvedValue(code)
  vi.mocked(listBills).mockResolvedValue(anArrears(aBill(), aBill({ bill_id: '2' })))
})
afterEach(() => vi.useRealTimers())

async function swap(ms = 0, order = anOrder(), signal = stay) {
  const work = swapChannel(order, 'native', (step) => steps.push(step), signal)
  work.catch(() => {})
  await vi.advanceTimersByTimeAsync(ms)
  return work
}

it('gives the old order up, then opens the same bills at the same sum', async () => {
  cancel.mockResolvedValue(saying('closed', aClosedOrder()))
  expect(await swap()).toEqual({ kind: 'ready', payable: code })
  expect(cancel).toHaveBeenCalledExactlyOnceWith('A00001')
  expect(open.mock.calls[0]?.[0]).toMatchObject({
    bill_ids: ['1', '2'],
    total_fen: 820000,
    channel: 'native',
  })
  expect(steps).toEqual(['cancelling', 'opening'])
})

it('pays the same part of a bill again', async () => {
  cancel.mockResolvedValue(saying('closed', aClosedOrder()))
  const parted = aBill({ due_fen: 900000, least_part_fen: 10000 })
  const whole = aBill({ bill_id: '2', due_fen: 120000, least_part_fen: 10000 })
  vi.mocked(listBills).mockResolvedValue(anArrears(parted, whole))
  await swap()
  expect(open.mock.calls[0]?.[0]).toMatchObject({
    total_fen: 820000,
    parts: [{ bill_id: '1', amount_fen: 700000 }],
  })
})

it('opens nothing where the money was quicker', async () => {
  const order = aPaidOrder()
  cancel.mockResolvedValue(saying('paid', order))
  expect(await swap()).toEqual({ kind: 'settled', order })
  expect(open).not.toHaveBeenCalled()
})

it('opens nothing before WeChat has confirmed the closing', async () => {
  const closing = anOrder({ closing: true })
  cancel.mockResolvedValue(saying('unknown', closing))
  confirm
    .mockResolvedValueOnce(saying('unknown', closing))
    .mockRejectedValueOnce(new NoAnswer('broken'))
    .mockResolvedValueOnce(saying('closed', aClosedOrder()))
  const end = await swap(10_000)
  expect(end.kind).toBe('ready')
  expect(confirm).toHaveBeenCalledTimes(3)
  expect(confirm.mock.invocationCallOrder[2]!).toBeLessThan(open.mock.invocationCallOrder[0]!)
})

it('leaves it after a minute without an answer, and opens nothing', async () => {
  const closing = anOrder({ closing: true })
  cancel.mockResolvedValue(saying('unknown', closing))
  confirm.mockResolvedValue(saying('unknown', closing))
  expect(await swap(80_000)).toEqual({ kind: 'closing', order: closing })
  expect(open).not.toHaveBeenCalled()
})

it('asks a person’s order no further', async () => {
  const odd = anOrder({ note: '正在核实' })
  cancel.mockResolvedValue(saying('unknown', odd))
  expect(await swap()).toEqual({ kind: 'settled', order: odd })
})

it('goes on where it broke off: the order is closed, the request id is the same', async () => {
  cancel.mockResolvedValue(saying('closed', aClosedOrder()))
  open.mockRejectedValueOnce(new NoAnswer('broken'))
  await expect(swap()).rejects.toBeInstanceOf(NoAnswer)
  const wish = presentIntent()?.request_id
  expect((await swap(0, aClosedOrder())).kind).toBe('ready')
  expect(cancel).toHaveBeenCalledTimes(1)
  expect(open.mock.calls.map(([body]) => body.request_id)).toEqual([wish, wish])
})

it('tells a refusal instead of waiting', async () => {
  cancel.mockResolvedValue(saying('unknown', anOrder({ closing: true })))
  confirm.mockRejectedValue(new Refusal('order_not_found', '没有找到该订单', 404))
  await expect(swap(5000)).rejects.toMatchObject({ code: 'order_not_found' })
})

it('serves the phone as well', async () => {
  cancel.mockResolvedValue(saying('closed', aClosedOrder()))
  open.mockResolvedValue(readyToPay())
  await swapChannel(anOrder({ channel: 'native' }), 'jsapi', () => {}, stay)
  expect(open.mock.calls[0]?.[0]).not.toHaveProperty('channel')
})
