// How much of a bill is to be paid now, where the school lets it be paid in parts.
import { ref } from 'vue'
import type { Bill } from '../api/bills'
import { keptInTab } from '../keep'
import { fenOf, yuan } from '../money'
import { t } from '../words/words'

interface Typed {
  /** what was payable when it was typed: of another sum it would be another part */
  of: number
  text: string
}

const kept = keptInTab('parts')

function stored(): Record<string, Typed> {
  try {
    return JSON.parse(kept.read() ?? '{}') as Record<string, Typed>
  } catch {
    return {}
  }
}

const typed = ref(stored())

function keep(next: Record<string, Typed>): void {
  typed.value = next
  kept.write(JSON.stringify(next))
}

/** Less than the least part is payable only as the rest. */
export const takesParts = (bill: Bill): boolean =>
  bill.state === 'payable' && (bill.least_part_fen ?? bill.payable_fen) < bill.payable_fen

export const isPart = (bill: Bill, fen: number): boolean =>
  takesParts(bill) && fen >= bill.least_part_fen! && fen < bill.payable_fen

export function typePart(bill: Bill, text: string): void {
  keep({ ...typed.value, [bill.bill_id]: { of: bill.payable_fen, text } })
}

/** The whole again. */
export function forgetPart(bill_id: string): void {
  keep(Object.fromEntries(Object.entries(typed.value).filter(([id]) => id !== bill_id)))
}

export interface Chosen {
  /** as it stands in the field */
  text: string
  /** 0 where the text is no amount that may be paid */
  fen: number
  fault: string
}

export function chosenOf(bill: Bill): Chosen {
  const whole = bill.payable_fen
  const one = takesParts(bill) ? typed.value[bill.bill_id] : undefined
  if (!one || one.of !== whole) {
    return { text: yuan(whole).replace(/,/g, ''), fen: whole, fault: '' }
  }
  const fen = fenOf(one.text)
  const fault = faultOf(bill, fen)
  return { text: one.text, fen: fault ? 0 : fen!, fault }
}

function faultOf(bill: Bill, fen: number | undefined): string {
  if (fen === undefined) return t('请填写金额，最多两位小数')
  if (fen > bill.payable_fen)
    return t('最多可缴 %{amount}\u00a0元', { amount: yuan(bill.payable_fen) })
  const little = fen < bill.payable_fen && fen < bill.least_part_fen!
  return little ? t('每次至少缴 %{amount}\u00a0元', { amount: yuan(bill.least_part_fen!) }) : ''
}

/** The id of its field, to lead the user there. */
export const partField = (bill: Bill) => `part-${bill.bill_id}`
