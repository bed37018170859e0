import { answerOf, client, csrf, keepToken, type Schemas } from './client'

export type Session = Schemas['Session']
export type SignIn = Schemas['SignIn']

async function kept(call: Promise<Session>): Promise<Session> {
  const session = await call
  keepToken(session.csrf_token)
  return session
}

const params = () => ({ params: { header: csrf() } })

export const getSession = () => kept(answerOf(client.GET('/session')))

export const signIn = (body: SignIn) =>
  kept(answerOf(client.POST('/session', { ...params(), body })))

export const signOut = () => kept(answerOf(client.DELETE('/session', params())))

export const signInByWechat = () => kept(answerOf(client.POST('/session/wechat', params())))

export const bindWechat = () => kept(answerOf(client.POST('/binding', params())))

export const unbindWechat = () => kept(answerOf(client.DELETE('/binding', params())))
