// What 确认支付 and an order's own page share: one press, one way to the sheet, words meanwhile.
import { computed, onUnmounted, ref, watch } from 'vue'
import { isRefusal, NoAnswer, Refusal, sentenceOf } from '../../shared/errors'
import { address, replace } from '../../shared/route'
import { forgetRead, orderMoved } from '../../shared/stories/cache'
import type { PayEnd, PayStep } from './pay'
import { isLive } from '../../shared/stories/settle'
import { mark } from '../../shared/words/words'

const stepWords: Record<PayStep, string> = {
  opening: mark('正在生成订单…'),
  waiting_for_wechat: mark('微信支付响应较慢，正在继续等待，请不要离开。不会重复扣款'),
  cancelling: mark('正在取消电脑上发起的订单…'),
  waiting_for_closing: mark('正在等待微信确认关闭原订单，请不要离开。不会重复扣款'),
  sheet: mark('请在弹出的微信支付窗口中完成支付'),
}

type Start = (onStep: (step: PayStep) => void, signal: AbortSignal) => Promise<PayEnd>

// A sheet that has not answered by then may never have risen.
const sheetDoubtMs = 10_000

export function usePaying() {
  const step = ref<PayStep>()
  const problem = ref('')
  /** the code of the refusal behind `problem`, if it was one */
  const refusal = ref('')
  const doubt = ref(false)
  const leaving = new AbortController()
  onUnmounted(() => leaving.abort())

  watch(step, (now, _before, whenOver) => {
    doubt.value = false
    if (now !== 'sheet') return
    const timer = setTimeout(() => (doubt.value = true), sheetDoubtMs)
    whenOver(() => clearTimeout(timer))
  })

  async function pay(start: Start): Promise<void> {
    if (step.value) return
    step.value = 'opening'
    problem.value = refusal.value = ''
    try {
      const end = await start((next) => (step.value = next), leaving.signal)
      forgetRead('bills', 'orders')
      if (!leaving.signal.aborted) await arrive(end)
    } catch (why) {
      if (!leaving.signal.aborted) await explain(why)
    } finally {
      step.value = undefined
    }
  }

  // Replacing keeps Back from returning to the cashier.
  const toResult = (order: string, said: string) => replace(address('/result', { order, said }))
  const toOrder = (no: string, why: string) => replace(address('/order', { no, why }))

  async function arrive(end: PayEnd): Promise<void> {
    switch (end.kind) {
      case 'sheet':
        await toResult(end.order_no, end.said)
        return
      case 'settled':
        orderMoved(end.order)
        if (isLive(end.order)) await toOrder(end.order.order_no, 'live')
        else await toResult(end.order.order_no, 'unknown')
        return
      case 'no_bridge':
        refusal.value = 'no_bridge'
        problem.value = mark('没有找到微信支付组件，请在手机微信中打开本页，或返回后重新进入')
        return
      case 'wechat_silent':
        await toOrder(end.order_no, 'silent')
        return
      case 'at_desk':
        await toOrder(end.order_no, 'live')
        return
      case 'closing':
        // The order's own page says so and goes on looking.
        await toOrder(end.order_no, 'closing')
    }
  }

  async function explain(why: unknown): Promise<void> {
    if (isRefusal(why, 'bill_in_live_order') && why.orderNo) {
      forgetRead('bills')
      await toOrder(why.orderNo, 'live')
      return
    }
    if (isRefusal(why, 'not_signed_in', 'stopped')) return
    refusal.value = why instanceof Refusal ? why.code : ''
    const sentence = sentenceOf(why)
    problem.value =
      why instanceof NoAnswer ? mark('%{sentence}，不会重复扣款', { sentence }) : sentence
  }

  return {
    pay,
    /** the sheet has been silent for long: offer to look at the order */
    doubt,
    toResult,
    problem,
    refusal,
    busy: computed(() => step.value !== undefined),
    words: computed(() => (step.value ? stepWords[step.value] : '')),
    step,
  }
}
