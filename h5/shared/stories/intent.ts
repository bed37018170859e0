// What the student wants to pay now, and the request id of that wish. The id is made once and sent with
// every attempt, so that a reload, Back, a double click or a lost answer always ends at the same order.
import type { Order } from '../api/orders'
import { keptInTab } from '../keep'

export interface Intent {
  request_id: string
  bill_ids: string[]
  total_fen: number
  /** known once the server has answered */
  order_no?: string
}

const kept = keptInTab('intent')

export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function presentIntent(): Intent | undefined {
  try {
    return (JSON.parse(kept.read() ?? 'null') as Intent | null) ?? undefined
  } catch {
    return undefined
  }
}

function keep(intent: Intent): Intent {
  kept.write(JSON.stringify(intent))
  return intent
}

/** The intent to pay exactly these bills at this sum: the present one if it is the same, else a new one. */
export function intendToPay(bill_ids: readonly string[], total_fen: number): Intent {
  const sorted = [...bill_ids].sort()
  const present = presentIntent()
  const same = present?.total_fen === total_fen && present.bill_ids.join('\n') === sorted.join('\n')
  return same ? present : keep({ request_id: newRequestId(), bill_ids: sorted, total_fen })
}

/** Keeps the bills and starts over with a new request id, because the old one has come to its end. */
export function intendAgain(intent: Intent): Intent {
  const { bill_ids, total_fen } = intent
  return keep({ request_id: newRequestId(), bill_ids, total_fen })
}

export function intentBecame(intent: Intent, order_no: string): void {
  if (presentIntent()?.request_id === intent.request_id) keep({ ...intent, order_no })
}

export function forgetIntent(): void {
  kept.clear()
}

/** An order that is over takes its intent with it. */
export function intentMet(order: Order): void {
  const over = order.state !== 'opened' && order.state !== 'awaiting'
  if (over && presentIntent()?.order_no === order.order_no) forgetIntent()
}
