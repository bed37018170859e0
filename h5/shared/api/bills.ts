import { answerOf, client, type Schemas } from './client'

export type Arrears = Schemas['Arrears']
export type Bill = Schemas['Bill']
export type BillStory = Schemas['BillStory']

export const listBills = () => answerOf(client.GET('/bills'))

/** Why a bill is what it is. */
export const getBill = (bill_id: string) =>
  answerOf(client.GET('/bills/{bill_id}', { params: { path: { bill_id } } }))
