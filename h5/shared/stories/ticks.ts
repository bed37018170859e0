// Which bills the student wants to pay now. The server says what is ticked at first (what may wait is not); what
// the student has changed, either way, is remembered.
import { ref } from 'vue'
import type { Bill } from '../api/bills'
import { keptInTab } from '../keep'

const kept = keptInTab('ticks')

function stored(): Record<string, boolean> {
  try {
    return JSON.parse(kept.read() ?? '{}') as Record<string, boolean>
  } catch {
    return {}
  }
}

const changed = ref(stored())

export const isTicked = (bill: Pick<Bill, 'bill_id' | 'ticked'>): boolean =>
  changed.value[bill.bill_id] ?? bill.ticked

export function tick(bill_ids: readonly string[], on: boolean): void {
  changed.value = { ...changed.value, ...Object.fromEntries(bill_ids.map((id) => [id, on])) }
  kept.write(JSON.stringify(changed.value))
}
