// The daily close.
import { answerOf, client, csrf, type Schemas } from './client'

export type Day = Schemas['Day']
export type DayCalendar = Schemas['DayCalendar']
export type DayTile = Schemas['DayTile']
export type DayMerchant = Schemas['DayMerchant']
export type DaySide = Schemas['DaySide']
export type DayDifference = Schemas['DayDifference']
export type DayFile = Schemas['DayFile']

const of = (day: string) => ({ params: { path: { day }, header: csrf() } })
const at = (day: string, number: number) => ({
  params: { path: { day, number }, header: csrf() },
})

export const getDayCalendar = (month: string) =>
  answerOf(client.GET('/console/days', { params: { query: { month } } }))

export const getDay = (day: string) =>
  answerOf(client.GET('/console/days/{day}', { params: { path: { day } } }))

export const runDay = (day: string, request_id: string) =>
  answerOf(client.POST('/console/days/{day}/run', { ...of(day), body: { request_id } }))

export const fixDifference = (day: string, number: number, note: string) =>
  answerOf(
    client.POST('/console/days/{day}/differences/{number}/fix', {
      ...at(day, number),
      body: note ? { note } : {},
    }),
  )

export const explainDifference = (day: string, number: number, note: string) =>
  answerOf(
    client.POST('/console/days/{day}/differences/{number}/explain', {
      ...at(day, number),
      body: { note },
    }),
  )

export const closeDay = (day: string) => answerOf(client.POST('/console/days/{day}/close', of(day)))

/** Where the browser fetches WeChat's bill as it came. */
export const billFileAt = (day: string, mch_id: string, kind: Schemas['DayFile']['kind']) =>
  `/api/v1/console/days/${day}/bills/${encodeURIComponent(mch_id)}/${kind}`
