// Money that goes back: asked for by one person, released by another.
import { answerOf, client, csrf, type Schemas } from './client'

export type ConsoleRefund = Schemas['ConsoleRefund']
export type RefundFilter = Schemas['RefundFilter']
export type AskRefund = Schemas['AskConsoleRefund']
export type ReasonCode = AskRefund['reason_code']
export type FileCheck = Schemas['RefundFileCheck']
export type Batch = Schemas['RefundBatch']
export type BatchFacts = Schemas['RefundBatchFacts']
export type LeaverFigures = Schemas['LeaverFigures']

const params = () => ({ params: { header: csrf() } })
const ofRefund = (refund: string) => ({ params: { path: { refund }, header: csrf() } })
const ofBatch = (batch: string) => ({ params: { path: { batch }, header: csrf() } })

export const searchRefunds = (filter: RefundFilter, next?: string) =>
  answerOf(
    client.POST('/console/refunds/search', {
      ...params(),
      body: { filter, ...(next === undefined ? {} : { next }) },
    }),
  )

export const getRefund = (refund: string) =>
  answerOf(client.GET('/console/refunds/{refund}', { params: { path: { refund } } }))

export const askRefund = (body: AskRefund) =>
  answerOf(client.POST('/console/refunds', { ...params(), body }))

export const releaseRefund = (refund: string, amount_fen: number) =>
  answerOf(
    client.POST('/console/refunds/{refund}/release', { ...ofRefund(refund), body: { amount_fen } }),
  )

export const rejectRefund = (refund: string, reason: string) =>
  answerOf(
    client.POST('/console/refunds/{refund}/reject', { ...ofRefund(refund), body: { reason } }),
  )

export const sendRefundAgain = (refund: string) =>
  answerOf(client.POST('/console/refunds/{refund}/again', ofRefund(refund)))

export const giveRefundUp = (refund: string) =>
  answerOf(client.POST('/console/refunds/{refund}/give-up', ofRefund(refund)))

export const checkRefundFile = (body: Schemas['RefundFile']) =>
  answerOf(client.POST('/console/refund-files/check', { ...params(), body }))

export const askRefundFile = (body: Schemas['AskRefundFile']) =>
  answerOf(client.POST('/console/refund-files', { ...params(), body }))

export const listBatches = (before?: string) =>
  answerOf(
    client.GET('/console/refund-batches', {
      params: { query: before === undefined ? {} : { before } },
    }),
  )

export const getBatch = (batch: string) =>
  answerOf(client.GET('/console/refund-batches/{batch}', { params: { path: { batch } } }))

export const releaseBatch = (batch: string, total_fen: number) =>
  answerOf(
    client.POST('/console/refund-batches/{batch}/release', {
      ...ofBatch(batch),
      body: { total_fen },
    }),
  )

export const rejectBatch = (batch: string, reason: string) =>
  answerOf(
    client.POST('/console/refund-batches/{batch}/reject', { ...ofBatch(batch), body: { reason } }),
  )

export const figureLeaver = (student_no: string, left_on: string) =>
  answerOf(client.POST('/console/leavers/figures', { ...params(), body: { student_no, left_on } }))

export const askLeaver = (body: Schemas['AskLeaverRefunds']) =>
  answerOf(client.POST('/console/leavers', { ...params(), body }))
