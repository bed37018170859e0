// Somebody at a desk wants to set a new password: in the bound WeChat the student says whether that is himself.
import { computed, onUnmounted, ref, shallowRef } from 'vue'
import {
  answerRecoveryRequest,
  listRecoveryRequests,
  type RecoveryRequest,
} from '../../shared/api/account'
import { sentenceOf } from '../../shared/errors'
import { onReturn } from '../../shared/stories/returns'
import { session } from '../../shared/stories/session'
import { mark } from '../../shared/words/words'

export function useRecoveryRequests() {
  const requests = shallowRef<RecoveryRequest[]>([])
  const known = ref(false)
  const busy = ref(false)
  const problem = ref('')
  const outcome = ref('')
  // Only the bound WeChat is asked; the server refuses everybody else.
  const mayAnswer = computed(() => session.value?.wechat.bound === true)

  let here = true
  onUnmounted(() => (here = false))

  async function read(): Promise<void> {
    if (!mayAnswer.value || busy.value) return
    try {
      const answer = await listRecoveryRequests()
      if (!here) return
      requests.value = answer.requests
      known.value = true
      problem.value = ''
    } catch (why) {
      if (here) problem.value = sentenceOf(why)
    }
  }

  async function answer(recovery: string, approve: boolean): Promise<void> {
    busy.value = true
    problem.value = outcome.value = ''
    try {
      requests.value = (await answerRecoveryRequest(recovery, approve)).requests
      outcome.value = approve
        ? mark('已同意，请回到电脑上设置新密码')
        : mark('已拒绝，对方不能修改您的密码。如有疑问请联系学校')
    } catch (why) {
      problem.value = sentenceOf(why)
    } finally {
      busy.value = false
    }
  }

  void read()
  onReturn(() => void read())
  return { requests, known, busy, problem, outcome, mayAnswer, read, answer }
}
