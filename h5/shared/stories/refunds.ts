// Money that goes back. A server that knows nothing of refunds leaves the fields out: then there are none.
import type { Order } from '../api/orders'
import type { PaidItem } from '../api/payments'
import { mark } from '../words/words'

export const refundedOf = (what: Order | PaidItem) => what.refunded_fen ?? 0
export const refundsOf = (order: Order) => order.refunds ?? []

export const refundWords = {
  processing: { word: mark('退款处理中'), tone: 'wait' },
  success: { word: mark('已退款'), tone: 'good' },
  abnormal: { word: mark('退款未到账'), tone: 'bad' },
} as const

/** What is said of the whole order: first what still needs patience or a person, then what has come back. */
export function refundState(order: Order): 'none' | 'processing' | 'abnormal' | 'part' | 'all' {
  const states = refundsOf(order).map((refund) => refund.state)
  if (states.includes('abnormal')) return 'abnormal'
  if (states.includes('processing')) return 'processing'
  const back = refundedOf(order)
  return back <= 0 ? 'none' : back < order.amount_fen ? 'part' : 'all'
}
