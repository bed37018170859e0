// From the wish to an order that WeChat is ready for. Nothing here decides whether something was paid.
import { openOrder, payOrder, type Channel, type Payable } from '../api/orders'
import { isRefusal, Refusal } from '../errors'
import { delayBefore, pause } from '../wait'
import { intendAgain, intentBecame, type Intent } from './intent'
import { mark } from '../words/words'

export type ReadyStep = 'opening' | 'waiting_for_wechat'
export type OnReadyStep = (step: ReadyStep) => void

const patienceMs = 60_000
// The server is unsure or busy, not unwilling: the same question may be asked again.
const passing = ['wechat_unknown', 'database_outcome_unknown', 'database_unavailable', 'busy']

export async function untilReady(
  first: () => Promise<Payable>,
  onStep: OnReadyStep,
  signal: AbortSignal,
): Promise<Payable> {
  const start = Date.now()
  let known: Payable | undefined
  for (let question = 0; ; question++) {
    await pause(delayBefore(question), signal)
    const call = known ? () => payOrder(known!.order.order_no) : first
    try {
      known = await call()
      if (known.wechat !== 'unknown') return known
    } catch (problem) {
      // Without an order the user has to know; with one, a lost answer is only a slow one.
      const refused = problem instanceof Refusal && !isRefusal(problem, ...passing)
      if (refused || (!known && !(problem instanceof Refusal))) throw problem
      if (!known && Date.now() - start > patienceMs) throw problem
    }
    if (known && (signal.aborted || Date.now() - start > patienceMs)) return known
    if (signal.aborted) throw new Refusal('stopped', mark('已离开页面'), 0)
    onStep('waiting_for_wechat')
  }
}

/** Opens the order of this intent, or finds it again. `wechat: unknown` after a minute of silence. */
export async function readyIntent(
  intent: Intent,
  channel: Channel,
  onStep: OnReadyStep,
  signal: AbortSignal,
): Promise<Payable> {
  onStep('opening')
  let wish = intent
  const open = async () => {
    const { request_id, bill_ids, total_fen, parts } = wish
    // Pages in WeChat leave the channel out: it is theirs.
    const by = channel === 'jsapi' ? {} : { channel }
    const some = parts ? { parts } : {}
    const payable = await openOrder({ request_id, bill_ids, total_fen, ...some, ...by })
    intentBecame(wish, payable.order.order_no)
    return payable
  }
  const payable = await untilReady(open, onStep, signal)
  if (payable.wechat !== 'settled' || payable.order.state !== 'closed') return payable
  // This wish once led to an order that was given up without money. Now it is a new wish.
  wish = intendAgain(wish)
  return untilReady(open, onStep, signal)
}

/** Continues an unfinished order. */
export function readyOrder(
  order_no: string,
  onStep: OnReadyStep,
  signal: AbortSignal,
): Promise<Payable> {
  onStep('opening')
  return untilReady(() => payOrder(order_no), onStep, signal)
}
