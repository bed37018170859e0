import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { heardTime, serverNow } from './clock'

const now = Date.UTC(2026, 8, 1, 2)
beforeEach(() => {
  vi.useFakeTimers({ now })
})
afterEach(() => {
  heardTime(new Date().toUTCString())
  vi.useRealTimers()
})

it('follows the server where the own clock is wrong', () => {
  heardTime(new Date(now + 7200_000).toUTCString())
  expect(serverNow()).toBe(now + 7200_000)
})

it('stays with the own clock where the two differ by little, or where nothing was said', () => {
  heardTime(new Date(now + 3000).toUTCString())
  expect(serverNow()).toBe(now)
  heardTime(null)
  heardTime('yesterday')
  expect(serverNow()).toBe(now)
})
