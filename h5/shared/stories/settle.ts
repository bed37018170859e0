// After the pay sheet: ask the server, which asks WeChat, until the answer is certain.
import type { Confirmation, Order } from '../api/orders'
import { confirmOrder } from '../api/orders'
import { Refusal, sentenceOf } from '../errors'
import { delayBefore, pause } from '../wait'
import type { SheetWord } from '../wx/bridge'

export type Verdict =
  | 'paid'
  | 'closed'
  /** WeChat says that nothing was paid, and the user does not claim otherwise */
  | 'not_paid'
  /** a minute has passed without certainty and the server goes on asking, or a person has to look at it */
  | 'undecided'
  | 'stopped'

export interface Heard {
  /** WeChat's last word, if it has said anything yet */
  wechat?: Confirmation['wechat']
  order?: Order
  /** why the last question had no answer */
  problem?: string
}

export interface Settled extends Heard {
  verdict: Verdict
}

const patienceMs = 60_000

export const isPaid = (order: Order) => order.state === 'paid' || order.state === 'paid_late'
export const isLive = (order: Order) => order.state === 'opened' || order.state === 'awaiting'

function verdictOf(heard: Heard, said: SheetWord): Verdict | undefined {
  const { order, wechat } = heard
  if (!order) return undefined
  if (isPaid(order)) return 'paid'
  // Money came, but not as the order says: a person looks at it, and asking again changes nothing.
  if (order.note) return 'undecided'
  if (order.state === 'closed') return 'closed'
  // After "ok" WeChat's books may be a moment behind its own sheet.
  if (wechat === 'not_paid' && said !== 'ok') return 'not_paid'
  return undefined
}

/**
 * Asks at 0, 1, 2, 4, 7, 12, 20 … seconds until WeChat's word decides or a minute has passed. A question
 * without an answer is asked again; a refusal (no such order, signed out) is thrown.
 */
export async function settle(
  order_no: string,
  said: SheetWord,
  onHeard: (heard: Heard) => void,
  signal: AbortSignal,
): Promise<Settled> {
  const start = Date.now()
  let heard: Heard = {}
  for (let question = 0; !signal.aborted; question++) {
    if (Date.now() - start + delayBefore(question) > patienceMs) {
      return { ...heard, verdict: 'undecided' }
    }
    await pause(delayBefore(question), signal)
    if (signal.aborted) break
    heard = await ask(order_no, heard)
    if (signal.aborted) break
    onHeard(heard)
    const verdict = verdictOf(heard, said)
    if (verdict) return { ...heard, verdict }
  }
  return { ...heard, verdict: 'stopped' }
}

async function ask(order_no: string, before: Heard): Promise<Heard> {
  try {
    const { order, wechat } = await confirmOrder(order_no)
    return { order, wechat }
  } catch (problem) {
    if (problem instanceof Refusal && problem.status < 500 && problem.status !== 429) throw problem
    return { ...before, wechat: 'unknown', problem: sentenceOf(problem) }
  }
}
