// What the student wants to pay now, and the request id of that wish. The id is made once and sent with
// every attempt, so that a reload, Back, a double click or a lost answer always ends at the same order.
import type { Order, Part } from '../api/orders'
import { keptInTab } from '../keep'

export interface Intent {
  request_id: string
  bill_ids: string[]
  total_fen: number
  /** of bills that are not to be paid whole, sorted as the bills are */
  parts?: Part[]
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

type Wish = Pick<Intent, 'bill_ids' | 'total_fen' | 'parts'>

const wordsOf = ({ bill_ids, total_fen, parts = [] }: Wish) =>
  JSON.stringify([bill_ids, total_fen, parts.map((part) => [part.bill_id, part.amount_fen])])

function begin({ bill_ids, total_fen, parts = [] }: Wish): Intent {
  const whole = { request_id: newRequestId(), bill_ids, total_fen }
  return keep(parts.length > 0 ? { ...whole, parts } : whole)
}

/**
 * The intent to pay exactly these bills, these parts of them, at this sum: the present one if it is the same,
 * else a new one.
 */
export function intendToPay(
  bill_ids: readonly string[],
  total_fen: number,
  parts: readonly Part[] = [],
): Intent {
  const wish = {
    bill_ids: [...bill_ids].sort(),
    total_fen,
    parts: [...parts].sort((a, b) => (a.bill_id < b.bill_id ? -1 : 1)),
  }
  const present = presentIntent()
  return present && wordsOf(present) === wordsOf(wish) ? present : begin(wish)
}

/** Keeps the bills and starts over with a new request id, because the old one has come to its end. */
export function intendAgain(intent: Intent): Intent {
  return begin(intent)
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
