// Periods that one asks for every day, in Beijing's days.
import { dayText } from '../../shared/dates'

const dayMs = 86_400_000

export interface Period {
  from: string
  to: string
}

export const periodNames = ['今天', '昨天', '近 7 天', '近 30 天', '本月', '上月'] as const
export type PeriodName = (typeof periodNames)[number]

export function periodOf(name: PeriodName, now: number): Period {
  const today = dayText(now)
  const ago = (days: number) => dayText(now - days * dayMs)
  const firstOfMonth = `${today.slice(0, 7)}-01`
  const lastOfPrevious = dayText(Date.parse(`${firstOfMonth}T00:00:00+08:00`) - dayMs)
  switch (name) {
    case '今天':
      return { from: today, to: today }
    case '昨天':
      return { from: ago(1), to: ago(1) }
    case '近 7 天':
      return { from: ago(6), to: today }
    case '近 30 天':
      return { from: ago(29), to: today }
    case '本月':
      return { from: firstOfMonth, to: today }
    case '上月':
      return { from: `${lastOfPrevious.slice(0, 7)}-01`, to: lastOfPrevious }
  }
}

export const nameOfPeriod = (period: Partial<Period>, now: number): PeriodName | undefined =>
  periodNames.find((name) => {
    const { from, to } = periodOf(name, now)
    return from === period.from && to === period.to
  })
