import { expect, it } from 'vitest'
import { daysFault, filterOf, nothingWanted } from './order_filter'

it('sends only what was asked for', () => {
  expect(filterOf(nothingWanted())).toEqual({})
  const wanted = { text: ' 学费 ', from: '2026-09-01', to: '', state: 'paid' as const }
  expect(filterOf(wanted)).toEqual({ text: '学费', from: '2026-09-01', state: 'paid' })
})

it('sees days in the wrong order', () => {
  const days = (from: string, to: string) => daysFault({ ...nothingWanted(), from, to })
  expect(days('2026-09-02', '2026-09-01')).not.toBe('')
  expect(days('2026-09-01', '2026-09-01')).toBe('')
  expect(days('', '2026-09-01')).toBe('')
})
