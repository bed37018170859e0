// An order begun on one device cannot be paid on another: a pay sheet belongs to one WeChat account, a QR code to
// nobody's phone. So the old order is given up, with WeChat's word for it, and a new one opened over the same bills.
import {
  cancelOrder,
  confirmOrder,
  type Channel,
  type Confirmation,
  type Order,
  type Payable,
} from '../api/orders'
import { listBills } from '../api/bills'
import { NoAnswer, Refusal } from '../errors'
import { delayBefore, pause } from '../wait'
import { orderMoved } from './cache'
import { intendToPay } from './intent'
import { readyIntent, type ReadyStep } from './ready'
import { isLive } from './settle'
import { partsOfOrder } from './wish'

export type SwapStep = 'cancelling' | 'waiting_for_closing' | ReadyStep

export type SwapEnd =
  | { kind: 'ready'; payable: Payable }
  /** the money was quicker, or a person has to look at it */
  | { kind: 'settled'; order: Order }
  /** WeChat has not confirmed the closing for a minute; the server goes on asking */
  | { kind: 'closing'; order: Order }

const patienceMs = 60_000

/** Passing trouble: the question may be asked again. */
const passes = (problem: unknown) =>
  problem instanceof NoAnswer ||
  (problem instanceof Refusal && (problem.status >= 500 || problem.status === 429))

async function givenUp(
  order_no: string,
  onStep: (step: SwapStep) => void,
  signal: AbortSignal,
): Promise<Confirmation> {
  const start = Date.now()
  let heard = await cancelOrder(order_no)
  for (let question = 1; isLive(heard.order) && !heard.order.note; question++) {
    if (signal.aborted || Date.now() - start > patienceMs) break
    onStep('waiting_for_closing')
    await pause(delayBefore(question), signal)
    try {
      heard = await confirmOrder(order_no)
    } catch (problem) {
      if (!passes(problem)) throw problem
    }
  }
  return heard
}

/** Every step may be tried again by calling this again: nothing is given up twice and nothing opened twice. */
export async function swapChannel(
  order: Order,
  channel: Channel,
  onStep: (step: SwapStep) => void,
  signal: AbortSignal,
): Promise<SwapEnd> {
  onStep('cancelling')
  const { order: now } = isLive(order) ? await givenUp(order.order_no, onStep, signal) : { order }
  orderMoved(now)
  if (isLive(now) && !now.note) return { kind: 'closing', order: now }
  if (now.state !== 'closed' || now.note) return { kind: 'settled', order: now }
  const bill_ids = now.lines.map((line) => line.bill_id)
  const parts = partsOfOrder(now.lines, await listBills())
  const intent = intendToPay(bill_ids, now.amount_fen, parts)
  const payable = await readyIntent(intent, channel, onStep, signal)
  return payable.wechat === 'settled'
    ? { kind: 'settled', order: payable.order }
    : { kind: 'ready', payable }
}
