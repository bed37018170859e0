// The endless list of orders. It stays in memory, so that Back finds the place one had scrolled to.
import { computed, reactive } from 'vue'
import { listOrders, type Order, type OrderFilter } from '../api/orders'
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

/** The orders that this filter lets through; where it changes, `refilter` starts anew. */
export function useOrderList(filter: () => OrderFilter = () => ({})) {
  const state = reactive({
    orders: [] as Order[],
    next: undefined as string | undefined,
    known: false,
    refreshing: false,
    loadingMore: false,
    problem: '',
    moreProblem: '',
  })
  // Only the whole list is worth coming back to.
  const whole = () => Object.keys(filter()).length === 0
  // An answer to what was asked before the filter changed is no answer any more.
  let asked = 0
  if (whole()) show(lastRead<Kept>('orders'))

  function show(kept: Kept | undefined) {
    if (!kept) return
    state.orders = kept.orders
    state.next = kept.next
    state.known = true
    if (whole()) keepRead('orders', kept)
  }

  async function refresh() {
    if (state.refreshing) return
    state.refreshing = true
    const mine = asked
    try {
      const { orders, next } = await listOrders(filter())
      if (mine !== asked) return
      const known = { orders: state.orders, next: state.next }
      show(state.known ? withNewest(known, { orders, next }) : { orders, next })
      state.problem = ''
    } catch (why) {
      if (mine === asked) state.problem = sentenceOf(why)
    } finally {
      if (mine === asked) state.refreshing = false
    }
  }

  async function more() {
    if (state.loadingMore || state.next === undefined) return
    state.loadingMore = true
    state.moreProblem = ''
    const mine = asked
    try {
      const { orders, next } = await listOrders({ ...filter(), before: state.next })
      if (mine !== asked) return
      const known = new Set(state.orders.map((order) => order.order_no))
      const older = orders.filter((order) => !known.has(order.order_no))
      show({ orders: [...state.orders, ...older], next })
    } catch (why) {
      if (mine === asked) state.moreProblem = sentenceOf(why)
    } finally {
      if (mine === asked) state.loadingMore = false
    }
  }

  function refilter() {
    asked += 1
    Object.assign(state, { known: false, refreshing: false, loadingMore: false })
    Object.assign(state, { orders: [], next: undefined, problem: '', moreProblem: '' })
    return refresh()
  }

  const ended = computed(() => state.known && state.next === undefined)
  return { state, refresh, more, refilter, ended }
}
