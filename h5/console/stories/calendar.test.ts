import { describe, expect, it } from 'vitest'
import type { DayTile } from '../../shared/api/days'
import {
  cellLabel,
  cellsOf,
  daysDrawn,
  isDay,
  isMonth,
  lookOf,
  plusDays,
  plusMonths,
  sumsOf,
  weekdayOf,
} from './calendar'

const side = { payments: 2, paid_fen: 140_000, refunds: 1, refunded_fen: 20_000 }
const tile = (day: string, more: Partial<DayTile> = {}): DayTile => ({
  ...{ day, state: 'balanced', unresolved: 0, busy: false },
  ...{ bill: side, ours: side, ledger: side },
  ...more,
})

describe('days and months', () => {
  it('go over the ends of months, years and leap days', () => {
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(plusDays('2028-03-01', -1)).toBe('2028-02-29')
    expect(plusMonths('2026-01', -1)).toBe('2025-12')
    expect(plusMonths('2026-11', 14)).toBe('2028-01')
    expect(weekdayOf('2026-11-30')).toBe(0)
    expect(weekdayOf('2026-11-29')).toBe(6)
  })

  it('believe no address', () => {
    expect(isDay('2026-02-30')).toBe(false)
    expect(isDay('2026-02-28')).toBe(true)
    expect(isDay('<script>')).toBe(false)
    expect(isMonth('2026-13')).toBe(false)
    expect(isMonth('2026-09')).toBe(true)
  })

  it('are always six weeks from Monday on', () => {
    for (const month of ['2026-02', '2026-11', '2027-02', '2028-02']) {
      const days = daysDrawn(month)
      expect(days).toHaveLength(42)
      expect(weekdayOf(days[0] ?? '')).toBe(0)
      expect(days).toContain(`${month}-28`)
    }
  })
})

describe('cells of a month', () => {
  const known = {
    ...{ month: '2026-11', today: '2026-11-20', first_day: '2026-11-03' },
    days: [
      tile('2026-11-16', { state: 'closed' }),
      tile('2026-11-17', { state: 'differs', unresolved: 2 }),
      tile('2026-11-18', { busy: true }),
    ],
  }
  const cells = cellsOf('2026-11', known, '2026-11-20')
  const cell = (day: string) => cells.find((one) => one.day === day)

  it('shut what has not come, what was before the first day, and other months', () => {
    expect(cell('2026-11-21')?.shut).toBe(true)
    expect(cell('2026-11-02')?.shut).toBe(true)
    expect(cell('2026-10-31')?.shut).toBe(true)
    expect(cell('2026-11-20')?.shut).toBe(false)
  })

  it('call a day that nobody compared what it is, but not today', () => {
    expect(cell('2026-11-19')?.look?.word).toBe('未对账')
    expect(cell('2026-11-20')?.look).toBeUndefined()
    expect(cell('2026-11-18')?.look?.word).toBe('正在对账')
    expect(lookOf({ state: 'closed', busy: false }).word).toBe('已结账')
  })

  it('say everything to those who hear it', () => {
    expect(cellLabel(cell('2026-11-17')!)).toBe(
      '11 月 17 日 周二，有差异，2 项差异待处理，收款 1,400.00 元，退款 200.00 元',
    )
    expect(cellLabel(cell('2026-11-20')!)).toContain('今天')
  })

  it('name no figures of a day that was never compared', () => {
    const nothing = { payments: 0, paid_fen: 0, refunds: 0, refunded_fen: 0 }
    const unseen = tile('2026-11-10', { state: 'open', bill: nothing, ours: nothing })
    const [own] = cellsOf('2026-11', { ...known, days: [unseen] }, '2026-11-20').filter(
      ({ day }) => day === '2026-11-10',
    )
    expect(cellLabel(own!)).toBe('11 月 10 日 周二，未对账')
  })

  it('sum up what is left to do', () => {
    // 3 to 15 and 19 are open, 18 is balanced, 17 differs.
    expect(sumsOf(cells)).toEqual({ unresolved: 2, open: 14, ready: 1, closed: 1 })
  })
})
