// What a row of a bill says about itself at the desk.
import type { Bill } from '../../shared/api/bills'
import { serverNow } from '../../shared/clock'
import { dayText } from '../../shared/dates'
import type { Tone } from '../../shared/stories/words'

export interface BillWord {
  word: string
  tone: Tone
}

export const isOverdue = (bill: Bill): boolean =>
  bill.state === 'payable' && bill.pay_before !== undefined && bill.pay_before <= serverNow()

export function billWord(bill: Bill): BillWord {
  if (isOverdue(bill)) return { word: '已过截止日期，仍可缴费', tone: 'wait' }
  switch (bill.state) {
    case 'payable':
      return { word: '待缴', tone: 'plain' }
    case 'in_order':
      return { word: '在未完成的订单中', tone: 'wait' }
    case 'not_yet_open':
      return { word: bill.note || '尚未开始缴费', tone: 'plain' }
    case 'window_closed':
      return { word: bill.note || '缴费时间已过，请联系学校', tone: 'plain' }
  }
}

export const deadline = (bill: Bill): string => (bill.pay_before ? dayText(bill.pay_before) : '—')
