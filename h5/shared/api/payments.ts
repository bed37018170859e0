import { answerOf, client, type Schemas } from './client'

export type PaidItems = Schemas['PaidItems']
export type PaidItem = PaidItems['items'][number]

export const listPayments = () => answerOf(client.GET('/payments'))
