// @vitest-environment node
import { expect, it } from 'vitest'
import { dayText, minuteText, secondText, shortText, yearText } from './dates'

const lastSecondOf2025 = Date.UTC(2025, 11, 31, 15, 59, 59)

it("turns instants into Beijing's days, whatever the phone's zone", () => {
  expect(secondText(lastSecondOf2025)).toBe('2025-12-31 23:59:59')
  expect(yearText(lastSecondOf2025)).toBe('2025')
  expect(yearText(lastSecondOf2025 + 1000)).toBe('2026')
  expect(dayText(lastSecondOf2025 + 1000)).toBe('2026-01-01')
  expect(minuteText(lastSecondOf2025 + 1000)).toBe('2026-01-01 00:00')
})

it('leaves the day away only where it is today', () => {
  expect(shortText(lastSecondOf2025, lastSecondOf2025 - 60_000)).toBe('23:59')
  expect(shortText(lastSecondOf2025 + 1000, lastSecondOf2025)).toBe('01-01 00:00')
})
