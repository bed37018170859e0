// The question that machines answer badly: asked anew after every try, when it is too old, and on demand.
import { computed, onUnmounted, ref, shallowRef } from 'vue'
import { makeCaptcha, type Captcha } from '../../shared/api/portal'
import { serverNow } from '../../shared/clock'
import { sentenceOf } from '../../shared/errors'

export function useCaptcha() {
  const captcha = shallowRef<Captcha>()
  const form = ref<Captcha['form']>('picture')
  const answer = ref('')
  const loading = ref(false)
  const problem = ref('')
  let newest = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function renew(): Promise<void> {
    const mine = ++newest
    clearTimeout(timer)
    answer.value = ''
    loading.value = true
    problem.value = ''
    try {
      const made = await makeCaptcha(form.value)
      if (mine !== newest) return
      captcha.value = made
      // Nobody shall answer a question that is not asked any more.
      timer = setTimeout(() => void renew(), Math.max(made.expires_at - serverNow(), 10_000))
    } catch (why) {
      if (mine === newest) problem.value = sentenceOf(why)
    } finally {
      if (mine === newest) loading.value = false
    }
  }

  function ask(next: Captcha['form']) {
    form.value = next
    captcha.value = undefined
    return renew()
  }

  onUnmounted(() => {
    newest = -1
    clearTimeout(timer)
  })
  void renew()

  const given = computed(() => ({
    captcha: captcha.value?.captcha ?? '',
    captcha_answer: answer.value.trim(),
  }))
  return { captcha, form, answer, loading, problem, renew, ask, given }
}

export type CaptchaStory = ReturnType<typeof useCaptcha>
