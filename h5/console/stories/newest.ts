// Something that is read again when what it is about changes. Only the newest answer counts.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { sentenceOf } from '../../shared/errors'

export function useNewest<T>(ask: () => Promise<T>) {
  const data = shallowRef<T>()
  const problem = ref('')
  const reading = ref(false)
  let newest = 0
  onScopeDispose(() => (newest = -1))

  async function read(): Promise<void> {
    if (newest < 0) return
    const mine = ++newest
    reading.value = true
    try {
      const answer = await ask()
      if (mine !== newest) return
      data.value = answer
      problem.value = ''
    } catch (why) {
      if (mine === newest) problem.value = sentenceOf(why)
    } finally {
      if (mine === newest) reading.value = false
    }
  }

  /** For the next one, nothing of which is known yet. */
  function forget(): void {
    data.value = undefined
    problem.value = ''
  }

  return { data, problem, reading, read, forget }
}
