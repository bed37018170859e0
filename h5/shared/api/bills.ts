import { answerOf, client, type Schemas } from './client'

export type Arrears = Schemas['Arrears']
export type Bill = Schemas['Bill']

export const listBills = () => answerOf(client.GET('/bills'))
