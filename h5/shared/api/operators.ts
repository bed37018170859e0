// Who may sign in to the console, and who is signed in.
import { answerOf, client, csrf, type Schemas } from './client'

export type Operator = Schemas['Operator']
export type NewOperator = Schemas['AddOperator']

const params = () => ({ params: { header: csrf() } })
const of = (operator: string) => ({ params: { path: { operator }, header: csrf() } })

export const listOperators = () => answerOf(client.GET('/console/operators'))

export const addOperator = (body: NewOperator) =>
  answerOf(client.POST('/console/operators', { ...params(), body }))

export const changeOperator = (operator: string, body: Schemas['ChangeOperator']) =>
  answerOf(client.POST('/console/operators/{operator}', { ...of(operator), body }))

export const resetOperator = (operator: string) =>
  answerOf(client.POST('/console/operators/{operator}/reset', of(operator)))

export const disableOperator = (operator: string) =>
  answerOf(client.POST('/console/operators/{operator}/disable', of(operator)))

export const enableOperator = (operator: string) =>
  answerOf(client.POST('/console/operators/{operator}/enable', of(operator)))

export const signOperatorOut = (operator: string) =>
  answerOf(client.POST('/console/operators/{operator}/sign-out', of(operator)))

export interface SessionsWanted {
  operator?: string
  live?: 'yes'
  before?: string
}

export const listSessions = (query: SessionsWanted = {}) =>
  answerOf(client.GET('/console/sessions', { params: { query } }))

export const endSession = (session: string) =>
  answerOf(
    client.POST('/console/sessions/{session}/end', {
      params: { path: { session }, header: csrf() },
    }),
  )

export const listColleges = () => answerOf(client.GET('/console/colleges'))
