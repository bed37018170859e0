// Who may be where. The desk wants a password of one's own: the initial one leads to changing it and nowhere else,
// and a session begun on the phone's pages with less does not count here.
import { address, type Page } from '../../shared/route'
import { session } from '../../shared/stories/session'

export const mustChange = () => session.value?.must_change_password === true
export const entered = () =>
  session.value?.signed_in === true && session.value.level === 'own' && !mustChange()

const firstPassword = '/first-password'

/** Another place than this page, if it may not be shown now. */
export function whereInstead(page: Page, full: string): string | undefined {
  if (page.open) return undefined
  const changing = full.startsWith(firstPassword)
  if (session.value?.signed_in && mustChange()) return changing ? undefined : firstPassword
  if (!entered()) return address('/sign-in', full === '/' || changing ? {} : { back: full })
  return changing ? '/' : undefined
}
