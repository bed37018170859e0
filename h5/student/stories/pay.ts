// From the wish to WeChat's pay sheet. Nothing here decides whether something was paid.
import { openOrder, payOrder, type Order, type Payable } from '../../shared/api/orders'
import { isRefusal, Refusal } from '../../shared/errors'
import { delayBefore, pause } from '../../shared/wait'
import { openPaySheet, type SheetWord } from '../../shared/wx/bridge'
import { intendAgain, intentBecame, type Intent } from '../../shared/stories/intent'

/** What is going on, for the line under the button. */
export type PayStep = 'opening' | 'waiting_for_wechat' | 'sheet'

export type PayEnd =
  | { kind: 'sheet'; order_no: string; said: SheetWord }
  /** it turned out to be over already */
  | { kind: 'settled'; order: Order }
  /** WeChat's script is not there, so there is no sheet to open */
  | { kind: 'no_bridge'; order_no: string }
  /** WeChat has not answered the server for a minute; the order stands and can be continued */
  | { kind: 'wechat_silent'; order_no: string }

const patienceMs = 60_000
// The server is unsure or busy, not unwilling: the same question may be asked again.
const passing = ['wechat_unknown', 'database_outcome_unknown', 'database_unavailable', 'busy']

async function untilReady(
  first: () => Promise<Payable>,
  onStep: (step: PayStep) => void,
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
    if (signal.aborted) throw new Refusal('stopped', '已离开页面', 0)
    onStep('waiting_for_wechat')
  }
}

async function throughTheSheet(
  payable: Payable,
  onStep: (step: PayStep) => void,
  signal: AbortSignal,
): Promise<PayEnd> {
  const { order, jsapi, wechat } = payable
  const { order_no } = order
  if (wechat === 'settled') return { kind: 'settled', order }
  // Nor may a sheet rise over another page when the user has gone on meanwhile.
  if (wechat === 'unknown' || !jsapi || signal.aborted) return { kind: 'wechat_silent', order_no }
  onStep('sheet')
  const said = await openPaySheet(jsapi)
  return said === 'absent' ? { kind: 'no_bridge', order_no } : { kind: 'sheet', order_no, said }
}

/** Opens the order of this intent, or finds it again, and shows WeChat's sheet. */
export async function payIntent(
  intent: Intent,
  onStep: (step: PayStep) => void,
  signal: AbortSignal,
): Promise<PayEnd> {
  onStep('opening')
  let wish = intent
  const open = async () => {
    const { request_id, bill_ids, total_fen } = wish
    const payable = await openOrder({ request_id, bill_ids, total_fen })
    intentBecame(wish, payable.order.order_no)
    return payable
  }
  let payable = await untilReady(open, onStep, signal)
  if (payable.wechat === 'settled' && payable.order.state === 'closed') {
    // This wish once led to an order that was given up without money. Now it is a new wish.
    wish = intendAgain(wish)
    payable = await untilReady(open, onStep, signal)
  }
  return throughTheSheet(payable, onStep, signal)
}

/** Continues an unfinished order with fresh arguments for the sheet. */
export async function continueOrder(
  order_no: string,
  onStep: (step: PayStep) => void,
  signal: AbortSignal,
): Promise<PayEnd> {
  onStep('opening')
  const payable = await untilReady(() => payOrder(order_no), onStep, signal)
  return throughTheSheet(payable, onStep, signal)
}
