// What is chosen, held against what the server says of the bills now.
import type { Arrears, Bill } from '../api/bills'
import type { OrderLine, Part } from '../api/orders'
import { sum } from '../money'
import { intendToPay, type Intent } from './intent'
import { forgetPart, isPart } from './parts'
import { tick } from './ticks'

export interface BillRow extends Bill {
  period: string
}

export interface WishLine extends BillRow {
  /** of it, what is to be paid now */
  amount_fen: number
  /** and what is left for another time */
  left_fen: number
}

export const rowsOf = (arrears: Arrears | undefined): BillRow[] =>
  (arrears?.periods ?? []).flatMap(({ period, bills }) =>
    bills.map((bill) => ({ ...bill, period })),
  )

function lineOf(row: BillRow, part: number | undefined): WishLine {
  const amount_fen = part !== undefined && isPart(row, part) ? part : row.payable_fen
  return { ...row, amount_fen, left_fen: row.payable_fen - amount_fen }
}

/** The bills of an intent. What can no longer be paid in such a part stands there whole. */
export function linesOf(intent: Intent | undefined, arrears: Arrears | undefined): WishLine[] {
  const parts = new Map(intent?.parts?.map((part) => [part.bill_id, part.amount_fen]))
  const wanted = new Set(intent?.bill_ids)
  return rowsOf(arrears)
    .filter((row) => wanted.has(row.bill_id))
    .map((row) => lineOf(row, parts.get(row.bill_id)))
}

export function intendLines(lines: readonly WishLine[]): Intent {
  const parts: Part[] = lines
    .filter((line) => line.left_fen > 0)
    .map(({ bill_id, amount_fen }) => ({ bill_id, amount_fen }))
  const ids = lines.map((line) => line.bill_id)
  return intendToPay(ids, sum(lines.map((line) => line.amount_fen)), parts)
}

export const intendRows = (rows: readonly BillRow[], amountOf: (row: BillRow) => number): Intent =>
  intendLines(rows.map((row) => lineOf(row, amountOf(row))))

/** The parts that an order pays of bills that are free again. */
export function partsOfOrder(lines: readonly OrderLine[], arrears: Arrears): Part[] {
  const rows = new Map(rowsOf(arrears).map((row) => [row.bill_id, row]))
  return lines
    .filter(({ bill_id, amount_fen }) => {
      const row = rows.get(bill_id)
      return row && isPart(row, amount_fen)
    })
    .map(({ bill_id, amount_fen }) => ({ bill_id, amount_fen }))
}

export const receiversOf = (rows: readonly BillRow[]): string[] => [
  ...new Set(rows.map((row) => row.merchant_name)),
]

const latestOf = (lines: readonly BillRow[]): string =>
  lines.reduce((last, { period }) => (period > last ? period : last), '')

/** What is owed of earlier periods and would stay so: what a school may want to be paid first. */
function earlierThan(lines: readonly WishLine[], arrears: Arrears): WishLine[] {
  const latest = latestOf(lines)
  const whole = new Set(lines.filter((line) => line.left_fen === 0).map((line) => line.bill_id))
  // Ticked by the server: payable and not deferred.
  return rowsOf(arrears)
    .filter((row) => row.required && row.ticked && row.period < latest && !whole.has(row.bill_id))
    .map((row) => lineOf(row, undefined))
}

/**
 * Adds them, whole. Nothing comes back where another receiver collects them: then they have to be paid in an order of
 * their own first, and only earlier fees stay ticked, or every receiver's order would wait for the other's.
 */
export function takeEarlier(intent: Intent, arrears: Arrears): Intent | undefined {
  const lines = linesOf(intent, arrears)
  const earlier = earlierThan(lines, arrears)
  const ids = earlier.map((line) => line.bill_id)
  tick(ids, true)
  ids.forEach(forgetPart)
  const all = [...lines.filter((line) => !ids.includes(line.bill_id)), ...earlier]
  if (receiversOf(all).length === 1) return intendLines(all)
  const later = rowsOf(arrears).filter((row) => row.period >= latestOf(lines))
  tick(
    later.map((row) => row.bill_id),
    false,
  )
  return undefined
}
