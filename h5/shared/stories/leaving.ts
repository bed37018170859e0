import { ref } from 'vue'
import { sentenceOf } from '../errors'
import { replace } from '../route'
import { signOut } from './session'

/** Signing out from wherever one is. */
export function useLeaving() {
  const leaving = ref(false)
  const problem = ref('')

  async function leave(): Promise<boolean> {
    leaving.value = true
    problem.value = ''
    try {
      await signOut()
      await replace('/sign-in')
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
