// The console's session, and what operators do to their own account.
import { answerOf, client, csrf, keepToken, type Schemas } from './client'
import type { operations } from './schema'

export type ConsoleSession = Schemas['ConsoleSession']
export type OwnOperator = Schemas['OwnOperator']
export type Role = Schemas['OperatorRole']
export type SessionRow = Schemas['ConsoleSessionRow']
export type CodeSecret = Schemas['CodeSecret']
/** what an operator may call, by its name in the contract */
export type Operation = keyof operations

const params = () => ({ params: { header: csrf() } })
const ofSession = (session: string) => ({ params: { path: { session }, header: csrf() } })

async function kept(call: Promise<ConsoleSession>): Promise<ConsoleSession> {
  const session = await call
  keepToken(session.csrf_token)
  return session
}

export const getConsoleSession = () => kept(answerOf(client.GET('/console/session')))

export const signInToConsole = (body: Schemas['ConsoleSignIn']) =>
  kept(answerOf(client.POST('/console/session', { ...params(), body })))

export const signOutOfConsole = () => kept(answerOf(client.DELETE('/console/session', params())))

export const beginSetup = () => answerOf(client.POST('/console/setup', params()))

export const finishSetup = (body: Schemas['FinishSetup']) =>
  kept(answerOf(client.POST('/console/setup/finish', { ...params(), body })))

export const changeConsolePassword = (body: Schemas['ChangeConsolePassword']) =>
  kept(answerOf(client.POST('/console/own/password', { ...params(), body })))

export const beginNewAuthenticator = (body: Schemas['ProveOperator']) =>
  answerOf(client.POST('/console/own/authenticator', { ...params(), body }))

export const finishNewAuthenticator = (body: Schemas['OneTimeCode']) =>
  kept(answerOf(client.POST('/console/own/authenticator/finish', { ...params(), body })))

export const listOwnSessions = () => answerOf(client.GET('/console/own/sessions'))

export const endOtherSessions = () => answerOf(client.POST('/console/own/sessions/end', params()))

export const endOwnSession = (session: string) =>
  answerOf(client.POST('/console/own/sessions/{session}/end', ofSession(session)))
