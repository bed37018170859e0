// The desk portal's way in. The session it brings is kept by stories/session.
import { answerOf, client, csrf, keepToken, type Schemas } from './client'

export type Captcha = Schemas['Captcha']
export type Recovery = Schemas['Recovery']
export type QuestionAnswer = Schemas['QuestionAnswer']

const params = () => ({ params: { header: csrf() } })
const ofRecovery = (recovery: string) => ({ params: { path: { recovery }, header: csrf() } })

export const makeCaptcha = (form: Captcha['form']) =>
  answerOf(client.POST('/captcha', { ...params(), body: { form } }))

export async function signInToPortal(body: Schemas['PortalSignIn']): Promise<Schemas['Session']> {
  const session = await answerOf(client.POST('/portal/session', { ...params(), body }))
  keepToken(session.csrf_token)
  return session
}

export const beginRecovery = (body: Schemas['BeginRecovery']) =>
  answerOf(client.POST('/recoveries', { ...params(), body }))

export const getRecovery = (recovery: string) =>
  answerOf(client.GET('/recoveries/{recovery}', { params: { path: { recovery } } }))

export const answerRecovery = (recovery: string, answers: QuestionAnswer[]) =>
  answerOf(
    client.POST('/recoveries/{recovery}/answers', { ...ofRecovery(recovery), body: { answers } }),
  )

export const finishRecovery = (recovery: string, new_password: string) =>
  answerOf(
    client.POST('/recoveries/{recovery}/password', {
      ...ofRecovery(recovery),
      body: { new_password },
    }),
  )
