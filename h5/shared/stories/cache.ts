// What was read last, so that going back shows it at once (and where one had scrolled to) while the
// page asks again. Memory only: personal data is not left on the phone.
import type { Order } from '../api/orders'
import { intentMet } from './intent'
import { isLive } from './settle'

const read = new Map<string, unknown>()

export const lastRead = <T>(key: string) => read.get(key) as T | undefined
export const keepRead = (key: string, data: unknown) => void read.set(key, data)
export const forgetRead = (...keys: string[]) => keys.forEach((key) => read.delete(key))
export const forgetAllRead = () => read.clear()

/** Lists of what one may choose, and of what one has chosen. */
export const chosenReads = [
  'choices other',
  'choices living',
  'choices enrolment',
  'sign-ups',
  'top-ups',
]

/** Bills stand in this order now, or no longer: what was read of them must not be shown again. */
export function orderMoved(order: Order): void {
  intentMet(order)
  forgetRead('bills', ...chosenReads)
  if (!isLive(order)) forgetRead('payments')
  order.lines.forEach(({ bill_id }) => forgetRead(`bill ${bill_id}`))
  keepRead(`order ${order.order_no}`, order)
  const list = lastRead<{ orders: Order[] }>('orders')
  const fresh = (listed: Order) => (listed.order_no === order.order_no ? order : listed)
  if (list) keepRead('orders', { ...list, orders: list.orders.map(fresh) })
}
