// What has been typed so far, so that going back and forth loses nothing. In memory only, and never the
// password: an ID number does not belong into a phone's storage.
import { reactive } from 'vue'
import { signInByWechat } from './session'

export const typed = reactive({
  way: 'password' as 'password' | 'identity',
  username: '',
  id_number: '',
  name: '',
  forget() {
    this.username = this.id_number = this.name = ''
  },
})

let entering: Promise<void> | undefined

/** Signs in through WeChat; a second call while one is under way joins it. */
export function enterByWechat(): Promise<void> {
  entering ??= signInByWechat().finally(() => (entering = undefined))
  return entering
}
