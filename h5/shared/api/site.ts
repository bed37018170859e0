import { answerOf, client, type Schemas } from './client'

export type Site = Schemas['Site']

export const getSite = () => answerOf(client.GET('/site'))

export type EnglishNames = Schemas['EnglishNames']

/** What the school calls its fees, periods and places in English, by their Chinese names. */
export const getEnglishNames = () => answerOf(client.GET('/site/english'))
