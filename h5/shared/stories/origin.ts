// Where an order comes from: bills of the school, or what the student chose himself. The latter lives with its
// order, so no other device and nobody else can take it over: it is given up and chosen anew.
import type { Order } from '../api/orders'

const lists = { other: '/other', living: '/living', enrolment: '/projects' } as const

/** the page where what was chosen is chosen again; nothing for bills of the school */
export const listOf = (order: Pick<Order, 'chosen_from'> | undefined) =>
  order?.chosen_from && lists[order.chosen_from]
