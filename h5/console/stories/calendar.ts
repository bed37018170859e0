// A month as it hangs on the wall: six weeks from Monday on, so that no month is taller than another.
import type { DayCalendar, DayTile } from '../../shared/api/days'
import { dayText } from '../../shared/dates'
import { yuan } from '../../shared/money'
import type { GlyphName } from '../parts/glyphs'
import type { Tone } from './tones'

const dayMs = 86_400_000
const startOf = (day: string) => Date.parse(`${day}T00:00:00Z`)
const textOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const weekdays = ['一', '二', '三', '四', '五', '六', '日'] as const

export const monthOf = (day: string): string => day.slice(0, 7)

export const isMonth = (text: string): boolean => /^20\d\d-(0[1-9]|1[0-2])$/.test(text)

export const isDay = (text: string): boolean =>
  /^20\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(startOf(text)) && textOf(startOf(text)) === text

export const plusDays = (day: string, days: number): string => textOf(startOf(day) + days * dayMs)

export function plusMonths(month: string, months: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + months
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`
}

/** 0 is Monday */
export const weekdayOf = (day: string): number => (new Date(startOf(day)).getUTCDay() + 6) % 7

export const monthTitle = (month: string): string =>
  `${month.slice(0, 4)} 年 ${Number(month.slice(5))} 月`

export const dayTitle = (day: string): string =>
  `${Number(day.slice(5, 7))} 月 ${Number(day.slice(8))} 日 周${weekdays[weekdayOf(day)]}`

/** The days that are drawn for a month: its own and what fills the six weeks. */
export function daysDrawn(month: string): string[] {
  const first = `${month}-01`
  const from = plusDays(first, -weekdayOf(first))
  return Array.from({ length: 42 }, (_, at) => plusDays(from, at))
}

export const todayIn = (now: number): string => dayText(now)

export interface Look {
  word: string
  tone: Tone
  glyph: GlyphName
}

const looks: Record<DayTile['state'] | 'busy', Look> = {
  open: { word: '未对账', tone: 'wait', glyph: 'clock' },
  balanced: { word: '已平', tone: 'good', glyph: 'check' },
  differs: { word: '有差异', tone: 'bad', glyph: 'alert' },
  closed: { word: '已结账', tone: 'plain', glyph: 'lock' },
  busy: { word: '正在对账', tone: 'brand', glyph: 'again' },
}

export const lookOf = ({ state, busy }: { state: DayTile['state']; busy: boolean }): Look =>
  busy ? looks.busy : looks[state]

export interface Cell {
  day: string
  /** of another month, drawn to fill the weeks */
  outside: boolean
  today: boolean
  /** cannot be opened: it has not come, or was before anything was compared */
  shut: boolean
  tile?: DayTile | undefined
  look?: Look | undefined
}

/** What stands on a day; until the month is known only that it is there. */
export function cellsOf(month: string, known: DayCalendar | undefined, today: string): Cell[] {
  const tiles = new Map(known?.days.map((tile) => [tile.day, tile]))
  const first = known?.first_day
  return daysDrawn(month).map((day) => {
    const tile = tiles.get(day)
    const outside = monthOf(day) !== month
    const early = first !== undefined && day < first && !tile
    const shut = outside || day > today || early
    const unseen = { state: 'open', busy: false } as const
    const look =
      shut || !known ? undefined : tile ? lookOf(tile) : day < today ? lookOf(unseen) : undefined
    return { day, outside, today: day === today, shut, tile, look }
  })
}

/** Of a day that was never compared the figures are not known; they are not nought. */
export const hasSums = ({ state, bill, ours }: DayTile): boolean =>
  state !== 'open' || [bill, ours].some(({ payments, refunds }) => payments + refunds > 0)

/** A sentence for those who hear the tile. */
export function cellLabel({ day, today, tile, look }: Cell): string {
  const words = [
    `${dayTitle(day)}${today ? '，今天' : ''}`,
    look?.word ?? (today ? '还没有结束' : ''),
  ]
  if (tile?.unresolved) words.push(`${tile.unresolved} 项差异待处理`)
  if (tile?.trouble) words.push(tile.trouble)
  if (tile && hasSums(tile))
    words.push(`收款 ${yuan(tile.ours.paid_fen)} 元`, `退款 ${yuan(tile.ours.refunded_fen)} 元`)
  return words.filter(Boolean).join('，')
}

export interface MonthSums {
  unresolved: number
  open: number
  ready: number
  closed: number
}

/** What is left to do in the month. */
export function sumsOf(cells: readonly Cell[]): MonthSums {
  const past = cells.filter((cell) => !cell.shut && !cell.today)
  const of = (state: DayTile['state']) => past.filter(({ tile }) => tile?.state === state).length
  return {
    unresolved: past.reduce((sum, { tile }) => sum + (tile?.unresolved ?? 0), 0),
    open: past.filter(({ tile }) => !tile || tile.state === 'open').length,
    ready: of('balanced'),
    closed: of('closed'),
  }
}
