// @vitest-environment node
import { expect, it } from 'vitest'
import { dayText, englishDay, hourText, isoDay, minuteText, secondText, yearText } from './dates'

const lastSecondOf2025 = Date.UTC(2025, 11, 31, 15, 59, 59)

it("turns instants into Beijing's days, whatever the phone's zone", () => {
  expect(secondText(lastSecondOf2025)).toBe('2025-12-31 23:59:59')
  expect(yearText(lastSecondOf2025)).toBe('2025')
  expect(yearText(lastSecondOf2025 + 1000)).toBe('2026')
  expect(dayText(lastSecondOf2025 + 1000)).toBe('2026-01-01')
  expect(minuteText(lastSecondOf2025 + 1000)).toBe('2026-01-01 00:00')
})

it('keeps days as the server writes them where they are compared', () => {
  expect(isoDay(lastSecondOf2025 + 1000)).toBe('2026-01-01')
  expect(hourText(lastSecondOf2025)).toBe('23:59')
})

it('writes days for readers of English', () => {
  expect(englishDay('2026-09-01')).toBe('1 Sep 2026')
  expect(englishDay('2025-12-31 23:59:59')).toBe('31 Dec 2025, 23:59:59')
})
