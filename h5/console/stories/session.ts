// Which operator is here. Whatever the server says about it ends up here.
import { computed, ref, shallowRef } from 'vue'
import { sessionIsAt } from '../../shared/api/client'
import * as api from '../../shared/api/console'
import { getSite, type Site } from '../../shared/api/site'
import { sentenceOf } from '../../shared/errors'
import { forgetAllRead } from '../../shared/stories/cache'

sessionIsAt('/console/session')

export const session = shallowRef<api.ConsoleSession>()
export const site = shallowRef<Site>()
export const operator = computed(() =>
  session.value?.signed_in ? session.value.operator : undefined,
)
export const entered = () => session.value?.signed_in === true && session.value.stage === 'ready'
export const mustSetUp = () => session.value?.signed_in === true && session.value.stage === 'setup'

/** Whether the operator may do this now: the server has said so, and says so again when it is done. */
export const may = (operation: api.Operation): boolean =>
  entered() && (session.value?.operations?.includes(operation) ?? false)

let last: string | undefined

export function became(next: api.ConsoleSession): void {
  const who = next.signed_in ? next.operator?.operator : undefined
  // Somebody else, or nobody: nothing of the one before may be seen.
  if (who !== last) forgetAllRead()
  last = who
  session.value = next
}

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
    became(await api.getConsoleSession())
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
  await api.getConsoleSession().then(became, ignore)
}

/** The server said so in passing. The old token may be useless now, so a new session is asked for. */
export async function sessionEnded(): Promise<void> {
  if (session.value) became({ csrf_token: session.value.csrf_token, signed_in: false })
  await refreshSession()
}

export async function signOut(): Promise<void> {
  became(await api.signOutOfConsole())
}
