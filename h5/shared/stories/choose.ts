// From a filled-in page to an order, or to a sign-up that costs nothing. The request id is made once for a wish and sent with
// every attempt. It is kept in memory alone: what was typed may be personal, and after a reload the server names the
// unfinished order by itself.
import { choose, type SignUp } from '../api/choices'
import type { Channel, Payable } from '../api/orders'
import type { Wish } from './choice_form'
import { newRequestId } from './intent'
import { untilReady, type OnReadyStep } from './ready'

let present: { key: string; request_id: string } | undefined

const keyOf = (item_id: string, wish: Wish) => JSON.stringify([item_id, wish])

export function requestIdOf(item_id: string, wish: Wish): string {
  const key = keyOf(item_id, wish)
  if (present?.key !== key) present = { key, request_id: newRequestId() }
  return present.request_id
}

/** The wish has come to its end: the same again is a new one. */
export const forgetWish = () => void (present = undefined)

/** A free project: signed up at once. */
export async function signUpFree(item_id: string, wish: Wish): Promise<SignUp> {
  const said = await choose(item_id, { request_id: requestIdOf(item_id, wish), ...wish })
  forgetWish()
  if (!('sign_up' in said)) throw new Error('not a free project')
  return said.sign_up
}

/** Opens the order of this wish, or finds it again. */
export async function readyChoice(
  item_id: string,
  wish: Wish,
  channel: Channel,
  onStep: OnReadyStep,
  signal: AbortSignal,
): Promise<Payable> {
  onStep('opening')
  const by = channel === 'jsapi' ? {} : { channel }
  const open = async () => {
    const request_id = requestIdOf(item_id, wish)
    const said = await choose(item_id, { request_id, ...wish, ...by })
    if ('sign_up' in said) throw new Error('a free project')
    return said
  }
  const payable = await untilReady(open, onStep, signal)
  if (payable.wechat !== 'settled') return payable
  // This wish once led to an order that has ended. The same again is a new wish; what was paid stays paid.
  forgetWish()
  return payable.order.state === 'closed' ? untilReady(open, onStep, signal) : payable
}
