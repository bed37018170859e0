import { expect, it } from 'vitest'
import { countdown } from './countdown'

it.each([
  [0, '00:00'],
  [-5000, '00:00'],
  [999, '00:01'],
  [59_000, '00:59'],
  [1781_000, '29:41'],
  [3600_000, '1:00:00'],
  [7199_000, '1:59:59'],
])('%i ms are %s', (ms, text) => expect(countdown(ms)).toBe(text))
