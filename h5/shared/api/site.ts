import { answerOf, client, type Schemas } from './client'

export type Site = Schemas['Site']

export const getSite = () => answerOf(client.GET('/site'))
