// The college lives in Beijing's time whatever the phone is set to; there is no daylight saving there.
import { language } from './words/words'

const beijingOffsetMs = 8 * 3600 * 1000

function beijing(instant: number): string {
  return new Date(instant + beijingOffsetMs).toISOString()
}

/** "2026-09-01 08:05", in English "1 Sep 2026, 08:05" */
export function minuteText(instant: number): string {
  return inWords(beijing(instant).slice(0, 16).replace('T', ' '))
}

/** "2026-09-01 08:05:09", as on WeChat's own receipt; in English "1 Sep 2026, 08:05:09" */
export function secondText(instant: number): string {
  return inWords(beijing(instant).slice(0, 19).replace('T', ' '))
}

/** "2026-09-01", in English "1 Sep 2026" */
export function dayText(instant: number): string {
  return inWords(isoDay(instant))
}

/** "2026-09-01" in any language, as the server writes it into its sentences */
export function isoDay(instant: number): string {
  return beijing(instant).slice(0, 10)
}

/** "08:05" */
export function hourText(instant: number): string {
  return beijing(instant).slice(11, 16)
}

/** "2026" */
export function yearText(instant: number): string {
  return beijing(instant).slice(0, 4)
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** "2026-09-01 08:05" → "1 Sep 2026, 08:05"; the time of day may be missing */
export function englishDay(text: string): string {
  const [day = '', time] = text.split(' ')
  const [year, month, date] = day.split('-')
  return `${Number(date)} ${months[Number(month) - 1]} ${year}${time ? `, ${time}` : ''}`
}

const inWords = (text: string) => (language() === 'en' ? englishDay(text) : text)
