// What a row of a bill says about itself at the desk.
import type { Bill } from '../../shared/api/bills'
import { dayText, isoDay } from '../../shared/dates'
import { isDeferred, isOverdue, noteOf } from '../../shared/stories/bill_facts'
import type { Tone } from '../../shared/stories/words'

export interface BillWord {
  word: string
  tone: Tone
}

export function billWord(bill: Bill): BillWord {
  if (isOverdue(bill)) return { word: '已过截止日期，仍可缴费', tone: 'wait' }
  switch (bill.state) {
    case 'payable':
      if (isDeferred(bill)) return { word: noteOf(bill) || '已批准缓缴', tone: 'plain' }
      return { word: bill.required ? '待缴' : '选缴项目', tone: 'plain' }
    case 'in_order':
      return { word: '在未完成的订单中', tone: 'wait' }
    case 'not_yet_open':
      return { word: bill.note || '尚未开始缴费', tone: 'plain' }
    case 'window_closed':
      return { word: bill.note || '缴费时间已过，请联系学校', tone: 'plain' }
    case 'covered':
      return { word: bill.note || '由助学贷款支付', tone: 'plain' }
    case 'settled':
      return { word: '已缴清', tone: 'good' }
  }
}

/** What a row has to say beside its columns, where there is no column for its state. */
export function rowNotes(bill: Bill): string[] {
  const said = []
  const note = noteOf(bill)
  // The deadline has a column of its own.
  const named = bill.pay_before !== undefined && note === `截止 ${isoDay(bill.pay_before)}`
  if (bill.state !== 'payable' || isOverdue(bill)) said.push(billWord(bill).word)
  if (bill.state === 'payable' && note && !named) said.push(note)
  if (bill.state === 'payable' && !bill.required) said.push('选缴项目')
  return said
}

export const deadline = (bill: Bill): string => (bill.pay_before ? dayText(bill.pay_before) : '—')
