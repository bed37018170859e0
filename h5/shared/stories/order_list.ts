// The endless list of orders. It stays in memory, so that Back finds the place one had scrolled to.
import { computed, reactive } from 'vue'
import { listOrders, type Order } from '../api/orders'
import { sentenceOf } from '../errors'
import { keepRead, lastRead } from './cache'

interface Kept {
  orders: Order[]
  next: string | undefined
}

/** The newest page in front of what is known; where they do not touch, the old ones are let go. */
export function withNewest(known: Kept, newest: Kept): Kept {
  const fresh = new Set(newest.orders.map((order) => order.order_no))
  const touches = known.orders.some((order) => fresh.has(order.order_no))
  if (!touches) return newest
  const older = known.orders.filter((order) => !fresh.has(order.order_no))
  return older.length > 0 ? { orders: [...newest.orders, ...older], next: known.next } : newest
}

export function useOrderList() {
  const state = reactive({
    orders: [] as Order[],
    next: undefined as string | undefined,
    known: false,
    refreshing: false,
    loadingMore: false,
    problem: '',
    moreProblem: '',
  })
  show(lastRead<Kept>('orders'))

  function show(kept: Kept | undefined) {
    if (!kept) return
    state.orders = kept.orders
    state.next = kept.next
    state.known = true
    keepRead('orders', kept)
  }

  async function refresh() {
    if (state.refreshing) return
    state.refreshing = true
    try {
      const { orders, next } = await listOrders()
      const known = { orders: state.orders, next: state.next }
      show(state.known ? withNewest(known, { orders, next }) : { orders, next })
      state.problem = ''
    } catch (why) {
      state.problem = sentenceOf(why)
    } finally {
      state.refreshing = false
    }
  }

  async function more() {
    if (state.loadingMore || state.next === undefined) return
    state.loadingMore = true
    state.moreProblem = ''
    try {
      const { orders, next } = await listOrders(state.next)
      const known = new Set(state.orders.map((order) => order.order_no))
      const older = orders.filter((order) => !known.has(order.order_no))
      show({ orders: [...state.orders, ...older], next })
    } catch (why) {
      state.moreProblem = sentenceOf(why)
    } finally {
      state.loadingMore = false
    }
  }

  return { state, refresh, more, ended: computed(() => state.known && state.next === undefined) }
}
