import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { aClosedOrder, anOrder, aPaidOrder, aSession, saying } from '../../dev/samples'
import { confirmOrder, getOrder, type Order } from '../../shared/api/orders'
import { NoAnswer } from '../../shared/errors'
import { here } from '../../shared/route'
import { forgetAllRead } from '../../shared/stories/cache'
import { session } from '../../shared/stories/session'
import OneOrder from './OneOrder.vue'

vi.mock('../../shared/route', async (original) => ({
  ...(await original<typeof import('../../shared/route')>()),
  go: vi.fn(async () => {}),
  replace: vi.fn(async () => {}),
  href: (full: string) => `/h5${full}`,
}))
vi.mock('../../shared/api/orders')
vi.mock('../../shared/wx/where', () => ({ canPayHere: () => true, whereAmI: () => 'wechat' }))
const read = vi.mocked(getOrder)
const ask = vi.mocked(confirmOrder)

const live = (parts: Partial<Order> = {}) => anOrder({ pay_until: Date.now() + 3600_000, ...parts })

async function open(why?: string) {
  here.query = new URLSearchParams({ no: 'A00001', ...(why ? { why } : {}) })
  const page = mount(OneOrder, { attachTo: document.body })
  await flushPromises()
  return page
}
type Page = Awaited<ReturnType<typeof open>>
const word = (page: Page) => page.get('[data-testid=state-word]').text()
const has = (page: Page, testid: string) => page.find(`[data-testid=${testid}]`).exists()

let page: Page
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  forgetAllRead()
  session.value = aSession()
  read.mockReset().mockResolvedValue(live())
  ask.mockReset()
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
})

it('calls an order unpaid where WeChat says so', async () => {
  ask.mockResolvedValue(saying('not_paid', live()))
  page = await open()
  expect(word(page)).toBe('待支付')
  expect(page.text()).toContain('订单尚未支付')
  expect(has(page, 'order-continue')).toBe(true)
})

it.each([
  ['says nothing', () => ask.mockResolvedValue(saying('unknown', live()))],
  ['cannot be asked', () => ask.mockRejectedValue(new NoAnswer('timeout'))],
])('never calls it unpaid while WeChat %s, and looks again by itself', async (_name, silence) => {
  silence()
  page = await open()
  expect(word(page)).toBe('支付结果确认中')
  expect(page.text()).not.toContain('尚未支付')
  expect(page.text()).toContain('请勿重复支付')
  ask.mockResolvedValue(saying('paid', aPaidOrder()))
  await vi.advanceTimersByTimeAsync(5000)
  await flushPromises()
  expect(word(page)).toBe('支付成功')
})

it('does not offer to pay to somebody whose payment is being looked for', async () => {
  ask.mockReturnValue(new Promise(() => {}))
  page = await open('undecided')
  expect(word(page)).toBe('支付结果确认中')
  expect(has(page, 'order-continue')).toBe(false)
  expect(has(page, 'order-cancel')).toBe(false)
  page.unmount()

  ask.mockResolvedValue(saying('not_paid', live()))
  page = await open('undecided')
  expect(word(page)).toBe('待支付')
  expect(has(page, 'order-continue')).toBe(true)
})

it('says once why one is here', async () => {
  ask.mockResolvedValue(saying('unknown', live()))
  page = await open('cancelled')
  expect(word(page)).toBe('待支付')
  expect(page.get('[data-testid=arrival]').text()).toContain('没有扣款')
  expect(page.text()).not.toContain('订单尚未支付')
})

it("shows the school's word about an order that went astray, with nothing to press", async () => {
  const note = '已收到您的付款，金额与订单不一致，学校财务正在核实，请勿重复支付'
  read.mockResolvedValue(aClosedOrder({ note }))
  page = await open()
  expect(word(page)).toBe('核实中')
  expect(page.text()).toContain(note)
  expect(page.text()).not.toContain('没有扣款')
  expect(has(page, 'order-to-fees')).toBe(false)
})

it('shows what went back, what is on its way and what got stuck', async () => {
  const at_ms = Date.UTC(2026, 8, 3, 1, 5)
  read.mockResolvedValue(
    aPaidOrder({
      refunded_fen: 120000,
      refunds: [
        { amount_fen: 120000, state: 'success', at_ms, reason: '退宿' },
        { amount_fen: 5000, state: 'processing', at_ms: null, reason: '教材退回' },
        { amount_fen: 700, state: 'abnormal', at_ms: null, reason: '' },
      ],
    }),
  )
  page = await open()
  expect(word(page)).toBe('退款未到账')
  const refunds = page.findAll('[data-testid=refund]').map((row) => row.text())
  expect(refunds[0]).toMatch(/^已退款.*退宿.*2026-09-03 09:05.*¥1,200\.00$/s)
  expect(refunds[1]).toMatch(/^退款处理中.*教材退回.*¥50\.00$/s)
  expect(refunds[2]).toMatch(/^退款未到账.*¥7\.00$/s)
  expect(page.get('[data-testid=refunded]').text()).toBe('¥1,200.00')
})

it('has no total of nothing while the only refund is on its way', async () => {
  const refund = { amount_fen: 5000, state: 'processing', at_ms: null, reason: '' } as const
  read.mockResolvedValue(aPaidOrder({ refunded_fen: 0, refunds: [refund] }))
  page = await open()
  expect(page.findAll('[data-testid=refund]')).toHaveLength(1)
  expect(has(page, 'refunded')).toBe(false)
})

it('has no word about refunds where there were none', async () => {
  for (const none of [{}, { refunded_fen: 0, refunds: [] }]) {
    read.mockResolvedValue(aPaidOrder(none))
    page = await open()
    expect(word(page)).toBe('支付成功')
    expect(has(page, 'refunds')).toBe(false)
    expect(page.text()).not.toContain('退')
    page.unmount()
  }
  page = await open()
})
