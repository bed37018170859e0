import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { sheetClosed, sheetOpened } from '../../shared/parts/sheets'
import { leading, onEscape, useKeys } from './keys'

const go = vi.fn()
const help = vi.fn()
const close = vi.fn()
const Page = defineComponent({
  setup() {
    useKeys({ place: (key) => ({ o: '/orders', h: '/' })[key], go, help })
    onEscape(close)
    return () => h('main', [h('input', { 'data-search': '', type: 'search' }), h('textarea')])
  },
})
let page: ReturnType<typeof mount>

const press = (key: string, how: Partial<KeyboardEvent> = {}, at: Element = document.body) =>
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...how }))

beforeEach(() => {
  vi.useFakeTimers()
  ;[go, help, close].forEach((one) => one.mockReset())
  page = mount(Page, { attachTo: document.body })
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
})

it('leads to a block after g, once', () => {
  press('g')
  expect(leading.value).toBe(true)
  press('o')
  press('o')
  expect(go.mock.calls).toEqual([['/orders']])
  press('g')
  press('x')
  press('h')
  expect(go).toHaveBeenCalledTimes(1)
})

it('does not wait for the letter for ever', () => {
  press('g')
  vi.advanceTimersByTime(2000)
  press('o')
  expect(go).not.toHaveBeenCalled()
})

it('leaves keys alone while somebody types, and those of the browser', () => {
  const field = page.get('textarea').element
  for (const key of ['g', 'o', '/', '?']) press(key, {}, field)
  press('g', { ctrlKey: true })
  press('o')
  press('g', { isComposing: true })
  press('o')
  expect([go, help].map((one) => one.mock.calls.length)).toEqual([0, 0])
})

it('puts the caret into the search, and does not type the stroke there', () => {
  expect(press('/')).toBe(false)
  expect(document.activeElement).toBe(page.get('input').element)
})

it('closes with Escape what was opened last, also from a field; a sheet over the page closes itself', () => {
  press('Escape', {}, page.get('textarea').element)
  expect(close).toHaveBeenCalledTimes(1)
  const sheet = () => undefined
  sheetOpened(sheet)
  press('Escape')
  press('?')
  expect(close).toHaveBeenCalledTimes(1)
  expect(help).not.toHaveBeenCalled()
  sheetClosed(sheet)
  press('?')
  expect(help).toHaveBeenCalledTimes(1)
})
