// What a row of a bill says about itself at the desk: marked, or in the server's words.
import type { Bill } from '../../shared/api/bills'
import { dayText, isoDay } from '../../shared/dates'
import { isDeferred, isOverdue, noteOf } from '../../shared/stories/bill_facts'
import type { Tone } from '../../shared/stories/words'
import { list, mark, said, t } from '../../shared/words/words'

export interface BillWord {
  word: string
  tone: Tone
}

export function billWord(bill: Bill): BillWord {
  if (isOverdue(bill)) return { word: mark('已过截止日期，仍可缴费'), tone: 'wait' }
  switch (bill.state) {
    case 'payable':
      if (isDeferred(bill)) return { word: noteOf(bill) || mark('已批准缓缴'), tone: 'plain' }
      return { word: bill.required ? mark('待缴') : mark('选缴项目'), tone: 'plain' }
    case 'in_order':
      return { word: mark('在未完成的订单中'), tone: 'wait' }
    case 'not_yet_open':
      return { word: bill.note || mark('尚未开始缴费'), tone: 'plain' }
    case 'window_closed':
      return { word: bill.note || mark('缴费时间已过，请联系学校'), tone: 'plain' }
    case 'covered':
      return { word: bill.note || mark('由助学贷款支付'), tone: 'plain' }
    case 'settled':
      return { word: mark('已缴清'), tone: 'good' }
  }
}

/** What a row has to say beside its columns, where there is no column for its state. */
export function rowNotes(bill: Bill): string[] {
  const notes = []
  const note = noteOf(bill)
  // The deadline has a column of its own.
  const named =
    bill.pay_before !== undefined && note === mark('截止 %{day}', { day: isoDay(bill.pay_before) })
  if (bill.state !== 'payable' || isOverdue(bill)) notes.push(billWord(bill).word)
  if (bill.state === 'payable' && note && !named) notes.push(note)
  if (bill.state === 'payable' && !bill.required) notes.push(mark('选缴项目'))
  return notes
}

export const deadline = (bill: Bill): string => (bill.pay_before ? dayText(bill.pay_before) : '—')

interface Named {
  period: string
  item: string
}

/** For those who hear the control alone. */
export const nameOf = ({ period, item }: Named): string => `${said(period)} ${said(item)}`

/** "学费、住宿费" or "学费等 4 项", in the reader's language */
export function itemsWord({ items, count }: { items: readonly string[]; count: number }): string {
  if (items.length <= 2) return list(items)
  return t('%{item}等 %{n} 项', { item: said(items[0] ?? ''), n: count })
}
