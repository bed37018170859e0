// Who is here. One session for all pages; whatever the server says about it ends up here.
import { computed, ref, shallowRef } from 'vue'
import * as api from '../api/session'
import { getSite, type Site } from '../api/site'
import { sentenceOf } from '../errors'
import { keptInTab, keptOnPhone } from '../keep'
import { forgetAllRead } from './cache'
import { forgetIntent } from './intent'
import { forgetMade } from './made_link'

export const session = shallowRef<api.Session>()
export const site = shallowRef<Site>()
export const signedIn = computed(() => session.value?.signed_in === true)

let lastStudent: string | undefined
let lastKnownStudent: string | undefined

/** Whatever the server says about the session goes through here. */
export function became(next: api.Session): void {
  const student = next.signed_in ? next.student?.student_no : undefined
  // Another student, or nobody: nothing of the one before may be seen, or paid by accident.
  if (student !== lastStudent) forgetAllRead()
  if (student !== undefined) {
    if (lastKnownStudent !== undefined && lastKnownStudent !== student) {
      forgetIntent()
      forgetMade()
    }
    lastKnownStudent = student
  }
  lastStudent = student
  session.value = next
}

// --- the beginning -----------------------------------------------------------------------------

/** Why the first question failed; empty while it is under way or answered. */
export const bootProblem = ref('')
let booted: Promise<void> | undefined
let finishBoot = () => {}

/** Resolves once the session is known; a failed question is shown with 重试 and asked again. */
export function whenBooted(): Promise<void> {
  booted ??= new Promise((resolve) => {
    finishBoot = resolve
    void boot()
  })
  return booted
}

export async function boot(): Promise<void> {
  bootProblem.value = ''
  if (!site.value) getSite().then((answer) => (site.value = answer), ignore)
  try {
    became(await api.getSession())
    finishBoot()
  } catch (problem) {
    bootProblem.value = sentenceOf(problem)
  }
}

const ignore = () => {}

/** Asks again in the background; another tab may have signed in or out meanwhile. */
export async function refreshSession(): Promise<void> {
  if (!session.value) return
  if (!site.value) getSite().then((answer) => (site.value = answer), ignore)
  await api.getSession().then(became, ignore)
}

/** The server said so in passing. The old token may be useless now, so a new session is asked for. */
export async function sessionEnded(): Promise<void> {
  if (session.value) became({ ...session.value, signed_in: false })
  await refreshSession()
}

// --- in and out --------------------------------------------------------------------------------

const leftByHand = keptInTab('left')

/** WeChat signs in by itself where it is bound, except right after the user has signed out. */
export const mayEnterByItself = () =>
  session.value?.wechat.can_sign_in === true && leftByHand.read() === null

export async function signIn(how: api.SignIn): Promise<void> {
  became(await api.signIn(how))
  leftByHand.clear()
}

export async function signInByWechat(): Promise<void> {
  became(await api.signInByWechat())
  leftByHand.clear()
}

export async function signOut(): Promise<void> {
  leftByHand.write('yes')
  became(await api.signOut())
  forgetIntent()
  forgetMade()
}

export async function bindWechat(): Promise<void> {
  became(await api.bindWechat())
}

export async function unbindWechat(): Promise<void> {
  became(await api.unbindWechat())
}

// --- the offer to bind, made once ----------------------------------------------------------------

const declined = keptOnPhone('binding_declined')
const declinedNow = ref(declined.read() !== null)

export const offerBinding = computed(
  () => session.value?.way === 'password' && session.value.wechat.can_bind && !declinedNow.value,
)

export function declineBinding(): void {
  declinedNow.value = true
  declined.write('yes')
}
