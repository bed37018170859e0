// 家人代付: the secret of the link that was made last. The server knows a hash of it, so the tab is the only place where
// it can still be shown or handed on, and it goes with the student.
import { keptInTab } from '../keep'

const kept = keptInTab('family_made')

export const rememberMade = (token: string) => kept.write(token)
export const madeToken = () => kept.read() ?? ''
export const forgetMade = () => kept.clear()

/** Below the address of the student pages. */
export const sharePath = (token: string) => `/family/${token}`
