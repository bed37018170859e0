// What has been typed so far, so that going back and forth loses nothing. In memory only, and never the
// password: an ID number does not belong into a phone's storage.
import { reactive } from 'vue'
import { signInByWechat } from '../../shared/stories/session'

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
let enteredAt = -Infinity

/** A session that ended at once after entering would end again: then the form is shown, not a circle. */
export const enteredJustNow = () => Date.now() - enteredAt < 10_000

/** Signs in through WeChat; a second call while one is under way joins it. */
export function enterByWechat(): Promise<void> {
  entering ??= signInByWechat()
    .then(() => void (enteredAt = Date.now()))
    .finally(() => (entering = undefined))
  return entering
}
