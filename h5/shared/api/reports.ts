// What is due, paid and owed, and what money came and went.
import { answerOf, client, csrf, type Schemas } from './client'

export type FeeQuestion = Schemas['FeeQuestion']
export type FeeReport = Schemas['FeeReport']
export type FeeGroup = Schemas['FeeGroup']
export type FeeSums = Schemas['FeeSums']
export type FeeChoices = Schemas['FeeChoices']
export type MoneyQuestion = Schemas['MoneyQuestion']
export type MoneyGroup = Schemas['MoneyGroup']
export type DebtQuestion = Schemas['DebtQuestion']
export type Debt = Schemas['Debt']

const params = () => ({ params: { header: csrf() } })

export const reportFees = (body: FeeQuestion) =>
  answerOf(client.POST('/console/reports/fees', { ...params(), body }))

export const reportMoney = (body: MoneyQuestion) =>
  answerOf(client.POST('/console/reports/money', { ...params(), body }))

export const reportDebts = (body: DebtQuestion) =>
  answerOf(client.POST('/console/reports/debts', { ...params(), body }))

export const exportFees = (body: Schemas['FeeExport']) =>
  answerOf(client.POST('/console/exports/fees', { ...params(), body }))

export const exportMoney = (body: Schemas['MoneyExport']) =>
  answerOf(client.POST('/console/exports/money', { ...params(), body }))

export const exportDebts = (body: Schemas['DebtExport']) =>
  answerOf(client.POST('/console/exports/debts', { ...params(), body }))
