import { minuteText } from '../../shared/dates'

/** By the hour of Beijing. */
export function greeting(now: number): string {
  const hour = Number(minuteText(now).slice(11, 13))
  if (hour < 6) return '夜深了'
  if (hour < 12) return '上午好'
  if (hour < 18) return '下午好'
  return '晚上好'
}
