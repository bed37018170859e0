// Orders as finance sees them. Searches are posted: names do not belong into addresses.
import { answerOf, client, csrf, type Schemas } from './client'

export type ConsoleOrder = Schemas['ConsoleOrder']
export type OrderFilter = Schemas['OrderFilter']
export type OrderLife = Schemas['ConsoleOrderLife']
export type OrderWord = Schemas['ConsoleOrderWord']
export type OrderChoices = Schemas['ConsoleOrderChoices']
export type OrderSums = Schemas['ConsoleOrderSums']
export type Lookup = Schemas['ConsoleLookup']
export type SavedSearch = Schemas['OrderSearches']['searches'][number]
export type Student = Schemas['ConsoleStudent']
export type Deed = Schemas['ConsoleDeed']

const params = () => ({ params: { header: csrf() } })
const of = (order_no: string) => ({ params: { path: { order_no }, header: csrf() } })

export const searchOrders = (filter: OrderFilter, next?: string) =>
  answerOf(
    client.POST('/console/orders/search', {
      ...params(),
      body: { filter, ...(next === undefined ? {} : { next }) },
    }),
  )

export const sumOrders = (filter: OrderFilter) =>
  answerOf(client.POST('/console/orders/sums', { ...params(), body: { filter } }))

export const lookUpOrders = (numbers: string[]) =>
  answerOf(client.POST('/console/orders/lookup', { ...params(), body: { numbers } }))

export const listOrderChoices = () => answerOf(client.GET('/console/orders/choices'))

export const getOrderLife = (order_no: string) =>
  answerOf(client.GET('/console/orders/{order_no}', { params: { path: { order_no } } }))

export const askWechat = (order_no: string) =>
  answerOf(client.POST('/console/orders/{order_no}/ask', of(order_no)))

export const listSearches = () => answerOf(client.GET('/console/order-searches'))

export const saveSearch = (body: Schemas['SaveOrderSearch']) =>
  answerOf(client.POST('/console/order-searches', { ...params(), body }))

export const deleteSearch = (search: string) =>
  answerOf(
    client.DELETE('/console/order-searches/{search}', {
      params: { path: { search }, header: csrf() },
    }),
  )
