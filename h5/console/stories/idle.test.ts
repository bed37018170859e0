import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { useIdle } from './idle'

const touch = vi.fn(async () => undefined)
const over = vi.fn()
const minute = 60_000
let minutes: number | undefined
let idle: ReturnType<typeof useIdle>
let page: ReturnType<typeof mount>

beforeEach(() => {
  vi.useFakeTimers()
  minutes = 30
  touch.mockClear()
  over.mockClear()
  const Page = defineComponent({
    setup() {
      idle = useIdle({ minutes: () => minutes, touch, over })
      return () => undefined
    },
  })
  page = mount(Page)
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
})

it('warns before the end, and then asks whether it is the end', () => {
  vi.advanceTimersByTime(27.5 * minute)
  expect(idle.ending.value).toBe(false)
  vi.advanceTimersByTime(minute)
  expect(idle.ending.value).toBe(true)
  expect(over).not.toHaveBeenCalled()
  vi.advanceTimersByTime(2 * minute)
  expect(over).toHaveBeenCalledTimes(1)
})

it('keeps the session of those who work, without asking all the time', async () => {
  for (let passed = 0; passed < 60; passed += 1) {
    dispatchEvent(new Event('keydown'))
    await vi.advanceTimersByTimeAsync(minute)
  }
  expect(idle.ending.value).toBe(false)
  expect(touch.mock.calls.length).toBeGreaterThan(3)
  expect(touch.mock.calls.length).toBeLessThan(10)
})

it('stays when asked to, and does not count while nobody is here', async () => {
  vi.advanceTimersByTime(29 * minute)
  await idle.stay()
  expect([idle.ending.value, touch.mock.calls.length]).toEqual([false, 1])
  minutes = undefined
  vi.advanceTimersByTime(90 * minute)
  expect(over).not.toHaveBeenCalled()
})
