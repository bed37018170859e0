// Passwords, security questions, personal data: what a student with an own password may change.
import { answerOf, client, csrf, keepToken, type Schemas } from './client'

export type SecurityQuestions = Schemas['SecurityQuestions']
export type Profile = Schemas['Profile']
export type RecoveryRequest = Schemas['RecoveryRequests']['requests'][number]

const params = () => ({ params: { header: csrf() } })

async function kept(call: Promise<Schemas['Session']>): Promise<Schemas['Session']> {
  const session = await call
  keepToken(session.csrf_token)
  return session
}

export const getSecurityQuestions = () => answerOf(client.GET('/account/questions'))

export const changeSecurityQuestions = (body: Schemas['ChangeQuestions']) =>
  answerOf(client.POST('/account/questions', { ...params(), body }))

export const setFirstPassword = (body: Schemas['FirstPassword']) =>
  kept(answerOf(client.POST('/account/first-password', { ...params(), body })))

export const changePassword = (body: Schemas['ChangePassword']) =>
  kept(answerOf(client.POST('/account/password', { ...params(), body })))

export const getProfile = () => answerOf(client.GET('/profile'))

export const changeProfile = (body: Schemas['ChangeProfile']) =>
  answerOf(client.POST('/profile', { ...params(), body }))

export const changeBankCard = (body: Schemas['ChangeBankCard']) =>
  answerOf(client.POST('/profile/bank-card', { ...params(), body }))

export const unbindAllWechat = (password: string) =>
  answerOf(client.POST('/profile/wechat', { ...params(), body: { password } }))

export const listRecoveryRequests = () => answerOf(client.GET('/account/recoveries'))

export const answerRecoveryRequest = (recovery: string, approve: boolean) =>
  answerOf(
    client.POST('/account/recoveries/{recovery}', {
      params: { path: { recovery }, header: csrf() },
      body: { approve },
    }),
  )
