import { answerOf, client, csrf, type Schemas } from './client'

export type Choice = Schemas['Choice']
export type FormField = Schemas['FormField']
export type SignUp = Schemas['SignUp']
export type TopUp = Schemas['TopUp']
export type Choose = Schemas['Choose']
export type Category = Choice['category']

export const listChoices = (category: Category) =>
  answerOf(client.GET('/choices', { params: { query: { category } } }))

export const choose = (item_id: string, body: Choose) =>
  answerOf(
    client.POST('/choices/{item_id}/order', {
      params: { path: { item_id }, header: csrf() },
      body,
    }),
  )

export const listSignUps = () => answerOf(client.GET('/sign-ups'))

export const cancelSignUp = (sign_up_id: string) =>
  answerOf(
    client.POST('/sign-ups/{sign_up_id}/cancel', {
      params: { path: { sign_up_id }, header: csrf() },
    }),
  )

export const listTopUps = () => answerOf(client.GET('/top-ups'))
