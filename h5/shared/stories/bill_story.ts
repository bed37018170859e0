// What the page of one bill shows beside the server's own words, so that its sums always add up.
import { getBill, type BillStory } from '../api/bills'
import { serverNow } from '../clock'
import { sum } from '../money'
import { useLoad } from './load'
import { mark } from '../words/words'

export const adjustmentWords = {
  correction: mark('调整'),
  reduction: mark('减免'),
  surcharge: mark('补收'),
} as const

export const termWords = { deferral: mark('缓缴'), loan: mark('助学贷款') } as const

export type Term = BillStory['terms'][number] & {
  /** its day has passed, or a newer one of its kind counts instead */
  over: boolean
}

/** What made the sum other than the school's papers, as a refund that lowers what is due. */
export const otherChange = ({ bill, standard_fen, adjustments }: BillStory): number =>
  bill.due_fen - standard_fen - sum(adjustments.map((one) => one.amount_fen))

/** What was paid (or taken back) other than here. */
export const otherPaid = ({ bill, payments }: BillStory): number =>
  bill.paid_fen - sum(payments.map((one) => one.amount_fen - one.refunded_fen))

/** Oldest first, as they came. */
export function termsOf({ terms }: BillStory, now: number = serverNow()): Term[] {
  const newest = new Map(terms.map((one) => [one.kind, one]))
  return terms.map((one) => ({ ...one, over: newest.get(one.kind) !== one || one.until <= now }))
}

export const useBillStory = (bill_id: string) => useLoad(`bill ${bill_id}`, () => getBill(bill_id))
