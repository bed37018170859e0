// 找回密码: from the user name over the questions (and the student's bound WeChat) to a new password. The server
// knows how far it is; the tab keeps only the secret of this one attempt, so that a reload does not begin anew.
import { computed, onUnmounted, ref, shallowRef } from 'vue'
import { isRefusal, sentenceOf } from '../../shared/errors'
import * as api from '../../shared/api/portal'
import { keptInTab } from '../../shared/keep'

const kept = keptInTab('recovery')
const pollMs = 3000

export function useRecovery() {
  const recovery = shallowRef<api.Recovery>()
  const reading = ref(false)
  const problem = ref('')

  function became(next: api.Recovery) {
    recovery.value = next
    if (['done', 'over', 'denied'].includes(next.state)) kept.clear()
    else kept.write(next.recovery)
  }

  async function resume(): Promise<void> {
    const secret = kept.read()
    if (!secret) return
    reading.value = true
    problem.value = ''
    try {
      became(await api.getRecovery(secret))
    } catch (why) {
      // One that is not known any more is no news: the way begins at its beginning.
      if (isRefusal(why, 'recovery_not_possible', 'not_found', 'recovery_not_found')) kept.clear()
      else problem.value = sentenceOf(why)
    } finally {
      reading.value = false
    }
  }

  function startOver() {
    kept.clear()
    recovery.value = undefined
    problem.value = ''
  }

  const secret = () => recovery.value?.recovery ?? ''
  const begin = async (body: Parameters<typeof api.beginRecovery>[0]) =>
    became(await api.beginRecovery(body))
  const finish = async (password: string) => became(await api.finishRecovery(secret(), password))

  async function answer(answers: api.QuestionAnswer[]): Promise<void> {
    try {
      became(await api.answerRecovery(secret(), answers))
    } catch (why) {
      // After too many wrong answers there is no more trying.
      if (isRefusal(why, 'recovery_failed')) await look()
      throw why
    }
  }

  async function look(): Promise<void> {
    await api.getRecovery(secret()).then(became, () => {})
  }

  const waiting = computed(() => recovery.value?.state === 'waiting_for_wechat')
  const timer = setInterval(() => {
    if (waiting.value && document.visibilityState === 'visible') void look()
  }, pollMs)
  onUnmounted(() => clearInterval(timer))
  void resume()

  return { recovery, reading, problem, resume, startOver, begin, answer, finish }
}
