import { answerOf, client, csrf, type Schemas } from './client'
import type { paths } from './schema'

export type Order = Schemas['Order']
export type OrderLine = Schemas['OrderLine']
export type OrderPage = Schemas['OrderPage']
export type OpenOrder = Schemas['OpenOrder']
/** of a bill that is not to be paid whole */
export type Part = NonNullable<OpenOrder['parts']>[number]
export type Payable = Schemas['Payable']
export type Confirmation = Schemas['Confirmation']
export type Channel = Order['channel']
export type PayArguments = NonNullable<Payable['jsapi']>

const at = (order_no: string) => ({ params: { path: { order_no }, header: csrf() } })

/** What is left out is not asked for. */
export type OrderFilter = NonNullable<paths['/orders']['get']['parameters']['query']>

export const listOrders = (query: OrderFilter = {}) =>
  answerOf(client.GET('/orders', { params: { query } }))

export const openOrder = (body: OpenOrder) =>
  answerOf(client.POST('/orders', { params: { header: csrf() }, body }))

export const getOrder = (order_no: string) =>
  answerOf(client.GET('/orders/{order_no}', { params: { path: { order_no } } }))

export const payOrder = (order_no: string) =>
  answerOf(client.POST('/orders/{order_no}/pay', at(order_no)))

export const confirmOrder = (order_no: string) =>
  answerOf(client.POST('/orders/{order_no}/confirm', at(order_no)))

export const cancelOrder = (order_no: string) =>
  answerOf(client.POST('/orders/{order_no}/cancel', at(order_no)))
