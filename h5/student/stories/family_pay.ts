// The payer's way: from the link to WeChat's sheet and on until the result is certain. As for a student, the sheet's
// word is a hint and only the server's answer counts.
import { computed, onUnmounted, ref, shallowRef } from 'vue'
import {
  cancelFamilyLink,
  confirmFamilyLink,
  openFamilyLink,
  payFamilyLink,
  type FamilyPayable,
  type FamilyView,
} from '../../shared/api/family'
import { isRefusal, NoAnswer, Refusal, sentenceOf } from '../../shared/errors'
import { delayBefore, pause } from '../../shared/wait'
import { openPaySheet, type SheetWord } from '../../shared/wx/bridge'
import { mark } from '../../shared/words/words'

type Step = 'opening' | 'waiting_for_wechat' | 'sheet' | 'confirming' | 'cancelling'

const words: Record<Step, string> = {
  opening: mark('正在生成订单…'),
  waiting_for_wechat: mark('微信支付响应较慢，正在继续等待，请不要离开。不会重复扣款'),
  sheet: mark('请在弹出的微信支付窗口中完成支付'),
  confirming: mark('正在向微信核对付款，不会重复扣款，请勿重新支付'),
  cancelling: mark('正在取消，会先向微信核对…'),
}
const patienceMs = 60_000
// The server is unsure or busy, not unwilling: the same question may be asked again.
const passing = ['wechat_unknown', 'database_outcome_unknown', 'database_unavailable', 'busy']

export function useFamilyPay(token: string) {
  const view = shallowRef<FamilyView>()
  const problem = ref('')
  const refusal = ref('')
  const step = ref<Step>()
  /** what became of the last press, where it is not the state itself */
  const outcome = ref('')
  const leaving = new AbortController()
  const { signal } = leaving

  async function read(): Promise<void> {
    try {
      view.value = await openFamilyLink(token)
      problem.value = refusal.value = ''
    } catch (why) {
      explain(why)
    }
  }

  function explain(why: unknown): void {
    if (signal.aborted) return
    refusal.value = why instanceof Refusal ? why.code : ''
    const sentence = sentenceOf(why)
    problem.value =
      why instanceof NoAnswer ? mark('%{sentence}，不会重复扣款', { sentence }) : sentence
  }

  /** One thing at a time; whatever happens, the page then shows what the server knows. */
  async function during(first: Step, action: () => Promise<void>): Promise<void> {
    if (step.value) return
    step.value = first
    problem.value = refusal.value = outcome.value = ''
    try {
      await action()
    } catch (why) {
      const shown = view.value
      explain(why)
      if (shown && isRefusal(why, 'family_someone_pays', 'family_link_over', 'bills_changed')) {
        const said = problem.value
        await read()
        problem.value ||= said
      }
    } finally {
      step.value = undefined
    }
  }

  async function untilReady(total_fen: number): Promise<FamilyPayable | undefined> {
    const start = Date.now()
    for (let question = 0; Date.now() - start < patienceMs && !signal.aborted; question++) {
      await pause(delayBefore(question), signal)
      try {
        const known = await payFamilyLink(token, total_fen)
        view.value = known.family
        if (known.wechat !== 'unknown') return known
      } catch (why) {
        if (!isRefusal(why, ...passing)) throw why
      }
      step.value = 'waiting_for_wechat'
    }
    return undefined
  }

  async function settle(said: SheetWord): Promise<void> {
    step.value = 'confirming'
    const start = Date.now()
    for (let question = 0; Date.now() - start < patienceMs && !signal.aborted; question++) {
      await pause(delayBefore(question), signal)
      const known = await confirmFamilyLink(token).catch((why: unknown) => {
        if (why instanceof Refusal && why.status < 500 && why.status !== 429) throw why
      })
      if (!known) continue
      view.value = known.family
      if (known.wechat === 'paid' || known.wechat === 'closed') return
      if (known.wechat === 'not_paid' && said !== 'ok') {
        outcome.value = mark('这笔费用尚未支付，没有扣款。可以继续支付或取消')
        return
      }
    }
    outcome.value = mark('支付结果还在确认，系统会继续核对，请稍后再打开查看，请勿重新支付')
  }

  const pay = () =>
    during('opening', async () => {
      const ready = await untilReady(view.value?.total_fen ?? 0)
      if (signal.aborted) return
      if (ready?.wechat === 'settled') return settle('unknown')
      if (!ready?.jsapi) {
        outcome.value = mark('微信支付暂时没有响应，请稍后继续支付，不会重复扣款')
        return
      }
      step.value = 'sheet'
      const said = await openPaySheet(ready.jsapi)
      if (said === 'absent') {
        refusal.value = 'no_bridge'
        problem.value = mark('没有找到微信支付组件，请在手机微信中打开链接')
        return
      }
      await settle(said)
    })

  const cancel = () =>
    during('cancelling', async () => {
      const known = await cancelFamilyLink(token)
      view.value = known.family
      if (known.wechat === 'closed') outcome.value = mark('已取消，没有扣款')
      else if (known.wechat !== 'paid') outcome.value = mark('正在向微信确认取消结果，请稍后查看')
    })

  // What others do with the same link is looked after while somebody looks at it.
  const timer = setInterval(() => {
    const waits = view.value?.state === 'being_paid' && !step.value
    if (waits && document.visibilityState === 'visible') void read()
  }, 5000)
  onUnmounted(() => {
    clearInterval(timer)
    leaving.abort()
  })
  void read()

  return {
    view,
    problem,
    refusal,
    outcome,
    read,
    pay,
    cancel,
    busy: computed(() => step.value !== undefined),
    words: computed(() => (step.value ? words[step.value] : '')),
  }
}
