// What can be said of a bill beside its sum.
import type { Bill } from '../api/bills'
import { serverNow } from '../clock'
import { isoDay } from '../dates'
import { mark } from '../words/words'

/** It may wait, but it may be paid. (Whatever else is payable, the server ticks.) */
export const isDeferred = (bill: Bill): boolean => bill.state === 'payable' && !bill.ticked

// A day that has passed is no deadline any more, but it can still be paid.
export const isOverdue = (bill: Bill): boolean =>
  bill.state === 'payable' &&
  !isDeferred(bill) &&
  bill.pay_before !== undefined &&
  bill.pay_before <= serverNow()

/** The server's sentence, unless it names a deadline that has passed. */
export function noteOf(bill: Bill): string {
  const passed =
    isOverdue(bill) && bill.note === mark('截止 %{day}', { day: isoDay(bill.pay_before!) })
  return passed ? '' : (bill.note ?? '')
}

/** A loan pays some of it. */
export const isPartlyCovered = (bill: Bill): boolean =>
  bill.state === 'payable' && bill.payable_fen < bill.owed_fen
