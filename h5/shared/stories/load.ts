import { onUnmounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { sentenceOf } from '../errors'
import { keepRead, lastRead } from './cache'
import { onReturn } from './returns'

export interface Loaded<T> {
  data: ShallowRef<T | undefined>
  problem: Ref<string>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/**
 * Reads something for a page: shows what was read last, asks at once and again whenever the user comes
 * back. Only the newest answer counts.
 */
export function useLoad<T>(key: string, read: () => Promise<T>): Loaded<T> {
  const data = shallowRef(lastRead<T>(key))
  const problem = ref('')
  const loading = ref(false)
  let newest = 0

  async function reload() {
    const mine = ++newest
    loading.value = true
    try {
      const answer = await read()
      if (mine !== newest) return
      data.value = answer
      problem.value = ''
      keepRead(key, answer)
    } catch (why) {
      if (mine === newest) problem.value = sentenceOf(why)
    } finally {
      if (mine === newest) loading.value = false
    }
  }

  void reload()
  onReturn(() => void reload())
  onUnmounted(() => (newest = -1))
  return { data, problem, loading, reload }
}
