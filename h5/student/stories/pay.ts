// From the wish to WeChat's pay sheet. Nothing here decides whether something was paid.
import type { Order, Payable } from '../../shared/api/orders'
import type { Intent } from '../../shared/stories/intent'
import type { Wish } from '../../shared/stories/choice_form'
import { readyChoice } from '../../shared/stories/choose'
import { readyIntent, readyOrder, type ReadyStep } from '../../shared/stories/ready'
import { swapChannel, type SwapStep } from '../../shared/stories/swap'
import { openPaySheet, type SheetWord } from '../../shared/wx/bridge'

/** What is going on, for the line under the button. */
export type PayStep = ReadyStep | SwapStep | 'sheet'

export type PayEnd =
  | { kind: 'sheet'; order_no: string; said: SheetWord }
  /** it turned out to be over already */
  | { kind: 'settled'; order: Order }
  /** WeChat's script is not there, so there is no sheet to open */
  | { kind: 'no_bridge'; order_no: string }
  /** WeChat has not answered the server for a minute; the order stands and can be continued */
  | { kind: 'wechat_silent'; order_no: string }
  /** an order for another device's QR code has no sheet */
  | { kind: 'at_desk'; order_no: string }
  /** given up, but WeChat has not confirmed the closing for a minute */
  | { kind: 'closing'; order_no: string }

type OnStep = (step: PayStep) => void

async function throughTheSheet(
  payable: Payable,
  onStep: OnStep,
  signal: AbortSignal,
): Promise<PayEnd> {
  const { order, jsapi, wechat } = payable
  const { order_no } = order
  if (wechat === 'settled') return { kind: 'settled', order }
  if (order.channel === 'native') return { kind: 'at_desk', order_no }
  // Nor may a sheet rise over another page when the user has gone on meanwhile.
  if (wechat === 'unknown' || !jsapi || signal.aborted) return { kind: 'wechat_silent', order_no }
  onStep('sheet')
  const said = await openPaySheet(jsapi)
  return said === 'absent' ? { kind: 'no_bridge', order_no } : { kind: 'sheet', order_no, said }
}

/** Opens the order of this intent, or finds it again, and shows WeChat's sheet. */
export async function payIntent(
  intent: Intent,
  onStep: OnStep,
  signal: AbortSignal,
): Promise<PayEnd> {
  return throughTheSheet(await readyIntent(intent, 'jsapi', onStep, signal), onStep, signal)
}

/** Opens the order of what was chosen, and shows WeChat's sheet. */
export async function payChoice(
  item_id: string,
  wish: Wish,
  onStep: OnStep,
  signal: AbortSignal,
): Promise<PayEnd> {
  const payable = await readyChoice(item_id, wish, 'jsapi', onStep, signal)
  return throughTheSheet(payable, onStep, signal)
}

/** Continues an unfinished order with fresh arguments for the sheet. */
export async function continueOrder(
  order_no: string,
  onStep: OnStep,
  signal: AbortSignal,
): Promise<PayEnd> {
  return throughTheSheet(await readyOrder(order_no, onStep, signal), onStep, signal)
}

/** Gives up an order that was begun at a desk, and pays the same bills here. */
export async function payHereInstead(
  order: Order,
  onStep: OnStep,
  signal: AbortSignal,
): Promise<PayEnd> {
  const end = await swapChannel(order, 'jsapi', onStep, signal)
  if (end.kind === 'ready') return throughTheSheet(end.payable, onStep, signal)
  if (end.kind === 'settled') return end
  return { kind: 'closing', order_no: order.order_no }
}
