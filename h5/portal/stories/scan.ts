// The QR code on the desk's screen, until the order says what became of it. The page never decides that something
// was paid: it asks the server what it knows, and on demand lets the server ask WeChat.
import { computed, onMounted, onUnmounted, ref, shallowRef } from 'vue'
import {
  cancelOrder,
  confirmOrder,
  getOrder,
  type Confirmation,
  type Order,
  type Payable,
} from '../../shared/api/orders'
import { serverNow } from '../../shared/clock'
import { isRefusal, sentenceOf } from '../../shared/errors'
import { forgetRead, keepRead, lastRead, orderMoved } from '../../shared/stories/cache'
import { readyOrder, type ReadyStep } from '../../shared/stories/ready'
import { onReturn } from '../../shared/stories/returns'
import { isLive } from '../../shared/stories/settle'
import { swapChannel, type SwapStep } from '../../shared/stories/swap'
import { mark } from '../../shared/words/words'
import { payProblem } from './pay_problem'

const pollMs = 2000
const confirmMs = 10_000
/** So many unanswered questions in a row are worth a word. */
const silentAfter = 3

const stepWords: Record<SwapStep, string> = {
  opening: mark('正在取得付款二维码…'),
  waiting_for_wechat: mark('微信支付响应较慢，正在继续等待，请不要离开。不会重复扣款'),
  cancelling: mark('正在取消手机上发起的订单…'),
  waiting_for_closing: mark('正在等待微信确认关闭原订单，请不要离开。不会重复扣款'),
}

const payableKey = (order_no: string) => `payable ${order_no}`

/** The page that opened the order hands over what WeChat answered, so that nobody has to wait for it twice. */
export function handOver(payable: Payable): void {
  forgetRead('bills', 'orders')
  keepRead(payableKey(payable.order.order_no), payable)
}

export function useScan(order_no: string, onOther: (order_no: string) => void) {
  const order = shallowRef<Order>()
  const codeUrl = ref('')
  const step = ref<SwapStep>()
  const reading = ref(false)
  const readProblem = ref('')
  /** why the code could not be had, or why another step failed */
  const problem = ref('')
  /** the bills have changed meanwhile: choose again */
  const chooseAgain = ref(false)
  /** the student says that he has paid, or the time is over: WeChat is asked */
  const confirming = ref(false)
  const said = ref<Confirmation['wechat']>()
  const outcome = ref('')
  const cancelling = ref(false)
  const wantsSwap = ref(false)
  const unanswered = ref(0)
  const now = ref(serverNow())
  const leaving = new AbortController()

  const live = computed(() => order.value !== undefined && isLive(order.value))
  const begunHere = computed(() => order.value?.channel === 'native')
  const left = computed(() => Math.max(0, (order.value?.pay_until ?? 0) - now.value))
  const overdue = computed(() => live.value && left.value === 0)
  const payable = computed(() => {
    const it = order.value
    return it !== undefined && isLive(it) && !it.closing && !it.note && it.can_pay
  })

  function heard(next: Order) {
    order.value = next
    orderMoved(next)
    if (!isLive(next)) confirming.value = false
  }

  function took(answer: Payable) {
    heard(answer.order)
    codeUrl.value = answer.code_url ?? ''
    if (answer.wechat === 'unknown') {
      problem.value = mark('微信支付暂时没有响应，订单已保留，请重新获取二维码')
    }
  }

  async function read(): Promise<void> {
    reading.value = true
    readProblem.value = ''
    try {
      heard(await getOrder(order_no))
      if (payable.value && begunHere.value && !codeUrl.value) void fetchCode()
    } catch (why) {
      readProblem.value = sentenceOf(why)
    } finally {
      reading.value = false
    }
  }

  /** One long step at a time, with words; what it throws is explained. */
  async function during(first: SwapStep, work: () => Promise<void>): Promise<void> {
    if (step.value) return
    step.value = first
    problem.value = ''
    try {
      await work()
    } catch (why) {
      if (!leaving.signal.aborted) explain(why)
    } finally {
      step.value = undefined
    }
  }

  const onStep = (next: ReadyStep | SwapStep) => (step.value = next)

  const fetchCode = () =>
    during('opening', async () => {
      const answer = await readyOrder(order_no, onStep, leaving.signal)
      if (!leaving.signal.aborted) took(answer)
    })

  /** Gives the order of the phone up and shows a code over the same bills; may be pressed again after trouble. */
  const swap = () =>
    during('cancelling', async () => {
      const before = order.value
      if (!before) return
      wantsSwap.value = true
      outcome.value = ''
      const end = await swapChannel(before, 'native', onStep, leaving.signal)
      if (leaving.signal.aborted) return
      if (end.kind === 'ready') {
        handOver(end.payable)
        onOther(end.payable.order.order_no)
        return
      }
      if (end.order.order_no !== order_no) return onOther(end.order.order_no)
      heard(end.order)
      if (end.kind === 'closing') return
      outcome.value =
        end.order.state === 'paid' ? mark('付款先于取消到达，订单已支付，无需再次支付') : ''
    })

  function explain(why: unknown) {
    if (isRefusal(why, 'bill_in_live_order') && why.orderNo) return onOther(why.orderNo)
    if (isRefusal(why, 'not_signed_in', 'stopped')) return
    chooseAgain.value = isRefusal(why, 'bills_changed', 'bill_not_payable', 'bill_not_found')
    problem.value = payProblem(why)
    // What was done before the trouble began shows in the order.
    void poll()
  }

  async function cancel(): Promise<void> {
    cancelling.value = true
    problem.value = outcome.value = ''
    try {
      const end = await cancelOrder(order_no)
      heard(end.order)
      if (end.order.state === 'closed') outcome.value = mark('订单已取消，没有扣款')
      else if (end.wechat === 'paid') outcome.value = mark('付款先于取消到达，订单已支付')
    } catch (why) {
      explain(why)
    } finally {
      cancelling.value = false
    }
  }

  let polling = false
  async function poll(): Promise<void> {
    if (polling || leaving.signal.aborted) return
    polling = true
    try {
      const next = await getOrder(order_no)
      if (leaving.signal.aborted) return
      unanswered.value = 0
      heard(next)
    } catch {
      unanswered.value += 1
    } finally {
      polling = false
    }
  }

  async function confirm(): Promise<void> {
    try {
      const answer = await confirmOrder(order_no)
      if (leaving.signal.aborted) return
      said.value = answer.wechat
      heard(answer.order)
    } catch {
      said.value = 'unknown'
    }
  }

  /** 我已完成支付 */
  function iHavePaid() {
    confirming.value = true
    sinceConfirm = 0
    void confirm()
  }

  let sincePoll = 0
  let sinceConfirm = 0
  const tickMs = 1000
  function tick() {
    now.value = serverNow()
    // A long step asks by itself.
    if (!live.value || step.value || document.visibilityState !== 'visible') return
    if (overdue.value && !confirming.value) return iHavePaid()
    sincePoll += tickMs
    sinceConfirm += tickMs
    if (confirming.value && sinceConfirm >= confirmMs) {
      sinceConfirm = 0
      void confirm()
    } else if (sincePoll >= pollMs) {
      sincePoll = 0
      void poll()
    }
  }

  const timer = setInterval(tick, tickMs)
  onMounted(() => {
    const given = lastRead<Payable>(payableKey(order_no))
    forgetRead(payableKey(order_no))
    if (given) took(given)
    else void read()
  })
  onReturn(() => void (live.value && !step.value && poll()))
  onUnmounted(() => {
    leaving.abort()
    clearInterval(timer)
  })

  const confirmWords = computed(() => {
    if (overdue.value && said.value !== 'paid')
      return mark('支付时间已过，正在向微信核对，稍后自动关闭')
    if (said.value === 'paid') return mark('微信已收到付款，正在登记')
    if (said.value === 'not_paid')
      return mark('微信尚未登记这笔付款。如果刚刚完成支付，请稍候，正在继续核对，请勿重复支付')
    if (said.value === 'unknown') return mark('微信暂时没有答复，正在继续查询，请勿重复支付')
    return mark('正在向微信核对付款…')
  })

  return {
    order,
    codeUrl,
    words: computed(() => (step.value ? stepWords[step.value] : '')),
    busy: computed(() => step.value !== undefined || cancelling.value),
    reading,
    readProblem,
    problem,
    chooseAgain,
    confirming,
    confirmWords,
    outcome,
    cancelling,
    wantsSwap,
    silent: computed(() => unanswered.value >= silentAfter),
    live,
    begunHere,
    payable,
    left,
    overdue,
    read,
    fetchCode,
    swap,
    cancel,
    iHavePaid,
  }
}
