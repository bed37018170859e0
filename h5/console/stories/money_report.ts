// 收退款: between which days, by what, and the words for it.
import type { MoneyGroup, MoneyQuestion } from '../../shared/api/reports'
import { dayText } from '../../shared/dates'
import { isDay, plusDays } from './calendar'
import { periodOf, type PeriodName } from './periods'

export type MoneyBy = MoneyQuestion['by']

export const moneyGroups: readonly (readonly [by: MoneyBy, word: string])[] = [
  ['day', '日'],
  ['hour', '时段'],
  ['item', '项目'],
  ['merchant', '商户'],
  ['channel', '支付方式'],
]

export const spanNames = ['今天', '昨天', '本月', '近 30 天'] as const satisfies PeriodName[]

export const moneyByOf = (text: string | null): MoneyBy =>
  moneyGroups.find(([by]) => by === text)?.[0] ?? 'day'

export interface Span {
  from: string
  until: string
}

export const spanNamed = (name: (typeof spanNames)[number], now: number): Span => {
  const { from, to } = periodOf(name, now)
  return { from, until: to }
}

/** What the address says, else this month. */
export function spanIn(query: URLSearchParams, now: number): Span {
  const usual = spanNamed('本月', now)
  const [from, until] = [query.get('from') ?? '', query.get('until') ?? '']
  return isDay(from) && isDay(until) ? { from, until } : usual
}

const most: Partial<Record<MoneyBy, number>> = { hour: 24 }
const mostDays = 366

/** What the server would refuse, said before it is asked. */
export function spanFault(by: MoneyBy, { from, until }: Span, now: number): string {
  if (!isDay(from) || !isDay(until)) return '请选择起止日期'
  if (from > until) return '开始日期晚于结束日期，请修改'
  if (from > dayText(now)) return '这些日子还没有到，请修改'
  const days = most[by] ?? mostDays
  if (until < plusDays(from, days)) return ''
  return by === 'hour' ? `按时段最多看 ${days} 天，请缩短日期` : '最多看一年，请缩短日期'
}

const channels: Record<string, string> = {
  jsapi: '微信内支付',
  native: '扫码支付',
  '': '其他来源',
}

export function moneyKeyText(by: MoneyBy, key: string): string {
  if (by === 'channel') return channels[key] ?? key
  if (by === 'item') return key || '未归入项目'
  if (by === 'hour') return `${key}:00`
  return key || '—'
}

/** Below a column, where there is room for few letters. */
export function axisText(by: MoneyBy, key: string, oneDay: boolean): string {
  if (by === 'day') return key.slice(5)
  return oneDay ? `${key.slice(11)}时` : `${key.slice(5, 10)} ${key.slice(11)}时`
}

export const isTimeline = (by: MoneyBy): boolean => by === 'day' || by === 'hour'

export function moneySums(rows: readonly MoneyGroup[]): Omit<MoneyGroup, 'key'> {
  const of = (field: keyof Omit<MoneyGroup, 'key'>) =>
    rows.reduce((sum, row) => sum + row[field], 0)
  return {
    ...{ payments: of('payments'), paid_fen: of('paid_fen') },
    ...{ refunds: of('refunds'), refunded_fen: of('refunded_fen') },
  }
}

/** Along time as it went; otherwise the largest first. */
export const rowsInOrder = (by: MoneyBy, rows: readonly MoneyGroup[]): MoneyGroup[] =>
  isTimeline(by) ? [...rows] : [...rows].sort((a, b) => b.paid_fen - a.paid_fen)
