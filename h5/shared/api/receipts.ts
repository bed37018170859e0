import { answerOf, client, csrf, type Schemas } from './client'

export type ReceiptFacts = Schemas['ReceiptFacts']
export type GenuineReceipt = Schemas['GenuineReceipt']

export const getReceipt = (order_no: string) =>
  answerOf(client.GET('/orders/{order_no}/receipt/facts', { params: { path: { order_no } } }))

/** Where a browser gets the file to keep. */
export const receiptFile = (order_no: string) =>
  `/api/v1/orders/${encodeURIComponent(order_no)}/receipt`

export const verifyReceipt = (body: Schemas['VerifyReceipt']) =>
  answerOf(client.POST('/receipts/verify', { params: { header: csrf() }, body }))
