import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { aClosedOrder, anOrder, aPaidOrder, aSession, saying } from '../../dev/samples'
import { confirmOrder } from '../../shared/api/orders'
import { here, replace } from '../../shared/route'
import { keepRead, lastRead } from '../../shared/stories/cache'
import { session } from '../../shared/stories/session'
import Result from './Result.vue'

vi.mock('../../shared/route', async (original) => ({
  ...(await original<typeof import('../../shared/route')>()),
  go: vi.fn(async () => {}),
  replace: vi.fn(async () => {}),
  href: (full: string) => `/h5${full}`,
}))
vi.mock('../../shared/api/orders')
const ask = vi.mocked(confirmOrder)

function open(said: string) {
  here.query = new URLSearchParams({ order: 'A00001', said })
  return mount(Result)
}

beforeEach(() => {
  vi.useFakeTimers()
  session.value = aSession()
  vi.mocked(replace).mockClear()
  ask.mockReset()
})
afterEach(() => vi.useRealTimers())

it("shows success with WeChat's number and time, and forgets what was owed", async () => {
  keepRead('bills', 'of before')
  ask.mockResolvedValue(saying('paid', aPaidOrder()))
  const page = open('ok')
  await flushPromises()
  expect(page.get('[data-testid=result-paid]').text()).toBe('支付成功')
  expect(page.text()).toContain('4200000000000000000000000001')
  expect(page.text()).toContain('2026-09-01 10:01:00')
  expect(lastRead('bills')).toBeUndefined()
})

it('never shows success on the word of the sheet alone', async () => {
  ask.mockResolvedValue(saying('not_paid'))
  const page = open('ok')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(page.get('[data-testid=result-confirming]').text()).toBe('支付结果确认中')
  expect(page.text()).toContain('不会重复扣款')
  expect(page.text()).not.toContain('支付成功')
  await vi.advanceTimersByTimeAsync(40_000)
  expect(page.find('[data-testid=result-undecided]').exists()).toBe(true)
  ask.mockResolvedValue(saying('paid', aPaidOrder()))
  await page.get('[data-testid=result-ask-again]').trigger('click')
  await flushPromises()
  expect(page.find('[data-testid=result-paid]').exists()).toBe(true)
})

it.each([
  ['cancel', 'cancelled'],
  ['fail', 'failed'],
  ['unknown', 'not_paid'],
])('after "%s" leads back to the order', async (said, why) => {
  ask.mockResolvedValue(saying('not_paid'))
  open(said)
  await flushPromises()
  expect(replace).toHaveBeenCalledExactlyOnceWith(`/order?no=A00001&why=${why}`)
})

it('shows success even after "cancel", if the money went another way', async () => {
  ask.mockResolvedValue(saying('paid', aPaidOrder()))
  const page = open('cancel')
  await flushPromises()
  expect(page.find('[data-testid=result-paid]').exists()).toBe(true)
})

it('says that nothing was taken where the order was closed', async () => {
  ask.mockResolvedValue(saying('closed', aClosedOrder()))
  const page = open('ok')
  await flushPromises()
  expect(page.text()).toContain('没有扣款')
})

it('says what the school has to look into, at once and without a word of "not taken"', async () => {
  const note = '已收到您的付款，金额与订单不一致，学校财务正在核实，请勿重复支付'
  for (const order of [anOrder({ note }), aClosedOrder({ note })]) {
    ask.mockResolvedValue(saying('paid', order))
    const page = open('ok')
    await flushPromises()
    expect(page.find('[data-testid=result-undecided]').exists()).toBe(true)
    expect(page.text()).toContain(note)
    expect(page.text()).not.toContain('没有扣款')
    page.unmount()
  }
})

it('leads from an open question to the order with that question still open', async () => {
  ask.mockResolvedValue(saying('unknown'))
  const page = open('ok')
  await vi.advanceTimersByTimeAsync(70_000)
  const link = page.get('[data-testid=result-understood]')
  expect(link.attributes('href')).toBe('/h5/order?no=A00001&why=undecided')
})
