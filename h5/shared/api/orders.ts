import { answerOf, client, csrf, type Schemas } from './client'

export type Order = Schemas['Order']
export type OrderLine = Schemas['OrderLine']
export type OrderPage = Schemas['OrderPage']
export type OpenOrder = Schemas['OpenOrder']
export type Payable = Schemas['Payable']
export type Confirmation = Schemas['Confirmation']
export type PayArguments = NonNullable<Payable['jsapi']>

const at = (order_no: string) => ({ params: { path: { order_no }, header: csrf() } })

export const listOrders = (before?: string) =>
  answerOf(client.GET('/orders', { params: { query: before === undefined ? {} : { before } } }))

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
