// 其他费用, 生活缴费, 报名信息: what may be chosen, what was, and taking a sign-up back.
import { computed, ref } from 'vue'
import {
  cancelSignUp,
  listChoices,
  listSignUps,
  listTopUps,
  type Category,
  type SignUp,
} from '../api/choices'
import { sentenceOf } from '../errors'
import { chosenReads, forgetRead } from './cache'
import { useLoad } from './load'
import { mark } from '../words/words'

/** where the list of each kind lies, on the phone and at the desk */
export const lists: Record<Category, string> = {
  other: '/other',
  living: '/living',
  enrolment: '/projects',
}

/** "/projects/choose" → "enrolment" */
export function categoryAt(path: string): Category {
  const first = `/${path.split('/')[1] ?? ''}`
  return (['living', 'enrolment'] as const).find((one) => lists[one] === first) ?? 'other'
}

const words = {
  other: { title: mark('我的选择'), none: mark('目前没有可选择的项目') },
  living: { title: mark('充值记录'), none: mark('目前没有可充值的项目') },
  enrolment: { title: mark('我的报名'), none: mark('目前没有报名项目') },
}

export function useChosen(category: Category, arrival = '') {
  const offers = useLoad(`choices ${category}`, () => listChoices(category))
  const signUps = category === 'living' ? undefined : useLoad('sign-ups', listSignUps)
  const topUps = category === 'living' ? useLoad('top-ups', listTopUps) : undefined
  const mine = computed(() =>
    (signUps?.data.value?.sign_ups ?? []).filter((one) => one.category === category),
  )
  const tops = computed(() => topUps?.data.value?.top_ups ?? [])
  const ownProblem = computed(() => signUps?.problem.value || topUps?.problem.value || '')

  async function reload() {
    await Promise.all([offers.reload(), signUps?.reload(), topUps?.reload()])
  }

  const asked = ref<SignUp>()
  const cancelling = ref(false)
  const cancelProblem = ref('')
  const outcome = ref(arrival)

  async function cancel(one: SignUp) {
    asked.value = undefined
    cancelling.value = true
    cancelProblem.value = outcome.value = ''
    try {
      const { sign_up } = await cancelSignUp(one.sign_up_id)
      if (sign_up.state === 'done') outcome.value = mark('付款先于取消到达，报名已成功')
      else if (sign_up.state === 'held')
        outcome.value = mark('正在等待微信确认关闭，确认后自动取消')
      else outcome.value = mark('已取消，没有扣款')
    } catch (why) {
      cancelProblem.value = sentenceOf(why)
    } finally {
      cancelling.value = false
      forgetRead(...chosenReads, 'orders')
      void reload()
    }
  }

  const { data, problem, loading } = offers
  const own = words[category]
  return {
    own,
    data,
    problem,
    loading,
    mine,
    tops,
    ownProblem,
    reload,
    asked,
    cancelling,
    cancelProblem,
    outcome,
    cancel,
  }
}
