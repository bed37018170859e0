// A link that was just made: what it is for, and handing it on.
import { ref } from 'vue'
import { openFamilyLink } from '../api/family'
import { copyText } from '../copy'
import { useLoad } from './load'
import { sharePath } from './made_link'

export function useFamilyShare(token: string) {
  const story = useLoad(`family ${token}`, () => openFamilyLink(token))
  /** the address for everybody, wherever this page lies */
  const link = `${location.origin}/h5${sharePath(token)}`
  const copied = ref<'' | 'yes' | 'no'>('')

  async function copy(): Promise<void> {
    copied.value = (await copyText(link)) ? 'yes' : 'no'
  }

  return { ...story, link, copied, copy }
}
