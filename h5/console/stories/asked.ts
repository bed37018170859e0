// Something that is asked once more before it is done. What went wrong is said in the question, which stays open.
import { reactive, shallowRef } from 'vue'
import { sentenceOf } from '../../shared/errors'

export function useAsked<What>(carryOut: (what: What, reason: string) => Promise<void>) {
  const about = shallowRef<What>()
  const state = reactive({ busy: false, problem: '' })

  function ask(what: What): void {
    state.problem = ''
    about.value = what
  }

  function drop(): void {
    if (!state.busy) about.value = undefined
  }

  async function agreed(reason = ''): Promise<void> {
    const what = about.value
    if (what === undefined || state.busy) return
    Object.assign(state, { busy: true, problem: '' })
    try {
      await carryOut(what, reason)
      about.value = undefined
    } catch (why) {
      state.problem = sentenceOf(why)
    } finally {
      state.busy = false
    }
  }

  return { about, state, ask, drop, agreed }
}

export type Asked<What> = ReturnType<typeof useAsked<What>>
