// One order on its own page: what is known of it, what WeChat says now, and giving it up.
import { computed, onUnmounted, ref, watch } from 'vue'
import { cancelOrder, confirmOrder, getOrder, type Confirmation, type Order } from '../api/orders'
import { serverNow } from '../clock'
import { sentenceOf } from '../errors'
import { orderMoved } from './cache'
import { useLoad } from './load'
import { isLive } from './settle'
import { confirmingWord, stateWord } from './words'
import { mark } from '../words/words'

interface Arrival {
  /** why one is here, if something led here that was not a tap on the order */
  sentence?: string | undefined
  /** the user has paid, or says so, and the result is not known yet */
  undecided?: boolean
}

export function useOneOrder(order_no: string, came: Arrival = {}) {
  /** WeChat's last word about an unfinished order, once it was asked */
  const said = ref<Confirmation['wechat']>()
  const cancelling = ref(false)
  const cancelProblem = ref('')
  const outcome = ref('')

  /** What the database knows, and for an unfinished order what WeChat says now. */
  async function truth(): Promise<Order> {
    const known = await getOrder(order_no)
    if (!isLive(known)) return known
    data.value ??= known
    return confirmOrder(order_no).then(
      ({ order, wechat }) => {
        said.value = wechat
        return order
      },
      () => {
        said.value = 'unknown'
        return known
      },
    )
  }
  const { data, problem: readProblem, loading, reload } = useLoad<Order>(`order ${order_no}`, truth)
  watch(data, (order) => order && orderMoved(order), { immediate: true })

  const open = computed(() => {
    const order = data.value
    return order && isLive(order) && !order.closing && !order.note && !outcome.value
  })
  const arrival = computed(() => (open.value ? came.sentence : undefined))

  // Nobody may be told "not paid" while WeChat has not said so: the student may know better.
  const unsure = computed(
    () =>
      open.value &&
      !arrival.value &&
      (said.value === 'unknown' || (came.undecided && said.value !== 'not_paid')),
  )
  const state = computed(
    () => data.value && (unsure.value ? confirmingWord : stateWord(data.value)),
  )
  // Who says that he has paid is not offered to pay.
  const offered = computed(
    () => (data.value?.can_cancel || data.value?.can_pay) && !(unsure.value && came.undecided),
  )

  async function cancel(): Promise<void> {
    cancelling.value = true
    cancelProblem.value = outcome.value = ''
    try {
      const end = await cancelOrder(order_no)
      data.value = end.order
      if (end.order.state === 'closed') outcome.value = mark('订单已取消，没有扣款')
      else if (end.wechat === 'paid') outcome.value = mark('付款先于取消到达，订单已支付')
    } catch (why) {
      cancelProblem.value = sentenceOf(why)
      void reload()
    } finally {
      cancelling.value = false
    }
  }

  // What WeChat has still to say (paid or not, closing, timed out) is looked after while somebody looks at it.
  const timer = setInterval(() => {
    const order = data.value
    const waiting =
      order && isLive(order) && (order.closing || unsure.value || order.pay_until <= serverNow())
    if (waiting && document.visibilityState === 'visible' && !loading.value) void reload()
  }, 5000)
  onUnmounted(() => clearInterval(timer))

  return {
    data,
    readProblem,
    loading,
    reload,
    arrival,
    state,
    offered,
    outcome,
    cancel,
    cancelling,
    cancelProblem,
  }
}
