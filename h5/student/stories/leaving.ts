import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { sentenceOf } from '../../shared/errors'
import { signOut } from './session'

/** Signing out from wherever one is. */
export function useLeaving() {
  const router = useRouter()
  const leaving = ref(false)
  const problem = ref('')

  async function leave(): Promise<boolean> {
    leaving.value = true
    problem.value = ''
    try {
      await signOut()
      await router.replace('/sign-in')
      return true
    } catch (why) {
      problem.value = sentenceOf(why)
      return false
    } finally {
      leaving.value = false
    }
  }

  return { leave, leaving, problem }
}
