import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aClosedOrder, aPaidOrder, anArrears, anOrder, saying } from '../../dev/samples'
import { listBills } from '../../shared/api/bills'
import {
  cancelOrder,
  confirmOrder,
  getOrder,
  openOrder,
  payOrder,
  type Order,
  type Payable,
} from '../../shared/api/orders'
import { NoAnswer, Refusal } from '../../shared/errors'
import { forgetAllRead } from '../../shared/stories/cache'
import { handOver, useScan } from './scan'

vi.mock('../../shared/api/bills')
vi.mock('../../shared/api/orders')
const get = vi.mocked(getOrder)
const pay = vi.mocked(payOrder)
const confirm = vi.mocked(confirmOrder)
const cancel = vi.mocked(cancelOrder)
const open = vi.mocked(openOrder)

const start = Date.UTC(2026, 8, 1, 2)
const native = (parts: Partial<Order> = {}) =>
  anOrder({ channel: 'native', pay_until: start + 60_000, ...parts })
const code: Payable = { order: native(), wechat: 'ready', code_url: 'weixin://1' }

let scan: ReturnType<typeof useScan>
let page: ReturnType<typeof mount>
const others: string[] = []

async function begin() {
  page = mount({
    setup() {
      scan = useScan('A00001', (order_no) => others.push(order_no))
      return () => null
    },
  })
  await flushPromises()
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.mocked(listBills).mockResolvedValue(anArrears())
  vi.useFakeTimers({ now: start })
  sessionStorage.clear()
  forgetAllRead()
  others.length = 0
  get.mockReset().mockResolvedValue(native())
  pay.mockReset().mockResolvedValue(code)
  confirm.mockReset().mockResolvedValue(saying('not_paid', native()))
  cancel.mockReset()
  open.mockReset()
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
})

describe('the code', () => {
  it('is asked for once, and not again where the page before has handed it over', async () => {
    await begin()
    expect(scan.codeUrl.value).toBe('weixin://1')
    expect(pay).toHaveBeenCalledTimes(1)
    page.unmount()
    handOver(code)
    await begin()
    expect(scan.codeUrl.value).toBe('weixin://1')
    expect(pay).toHaveBeenCalledTimes(1)
  })

  it('is waited for with words while WeChat is silent, and can be asked for again', async () => {
    pay.mockResolvedValue({ order: native(), wechat: 'unknown' })
    await begin()
    expect(scan.words.value).toContain('响应较慢')
    await pass(80_000)
    expect(scan.problem.value).toContain('重新获取')
    pay.mockResolvedValue(code)
    await scan.fetchCode()
    expect(scan.codeUrl.value).toBe('weixin://1')
    expect(scan.problem.value).toBe('')
  })

  it('is not asked for where the order belongs to a phone', async () => {
    get.mockResolvedValue(native({ channel: 'jsapi' }))
    await begin()
    expect(pay).not.toHaveBeenCalled()
  })
})

describe('while it is shown', () => {
  it('asks the server every two seconds and stops with the result', async () => {
    await begin()
    get.mockClear()
    await pass(6000)
    expect(get).toHaveBeenCalledTimes(3)
    get.mockResolvedValue(aPaidOrder({ channel: 'native' }))
    await pass(2000)
    expect(scan.order.value?.state).toBe('paid')
    await pass(10_000)
    expect(get).toHaveBeenCalledTimes(4)
    expect(confirm).not.toHaveBeenCalled()
  })

  it('asks nothing while nobody looks', async () => {
    await begin()
    get.mockClear()
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    await pass(20_000)
    expect(get).not.toHaveBeenCalled()
  })

  it('says so after three questions without an answer, and goes on', async () => {
    await begin()
    get.mockRejectedValue(new NoAnswer('broken'))
    await pass(4000)
    expect(scan.silent.value).toBe(false)
    await pass(2000)
    expect(scan.silent.value).toBe(true)
    get.mockResolvedValue(native())
    await pass(2000)
    expect(scan.silent.value).toBe(false)
  })

  it('lets WeChat be asked every ten seconds once the student has paid', async () => {
    await begin()
    scan.iHavePaid()
    await pass(0)
    expect(scan.confirmWords.value).toContain('尚未登记')
    await pass(20_000)
    expect(confirm).toHaveBeenCalledTimes(3)
    confirm.mockResolvedValue(saying('paid', aPaidOrder({ channel: 'native' })))
    await pass(10_000)
    expect(scan.live.value).toBe(false)
    await pass(30_000)
    expect(confirm).toHaveBeenCalledTimes(4)
  })

  it('lets WeChat be asked when the time is over', async () => {
    await begin()
    await pass(59_000)
    expect(scan.left.value).toBe(1000)
    expect(confirm).not.toHaveBeenCalled()
    await pass(1000)
    expect(scan.overdue.value).toBe(true)
    expect(confirm).toHaveBeenCalledTimes(1)
    expect(scan.confirmWords.value).toContain('支付时间已过')
  })
})

describe('giving up', () => {
  it('says what became of it', async () => {
    await begin()
    cancel.mockResolvedValue(saying('closed', aClosedOrder({ channel: 'native' })))
    await scan.cancel()
    expect(scan.outcome.value).toBe('订单已取消，没有扣款')
  })

  it('explains a lost answer and looks what happened', async () => {
    await begin()
    cancel.mockRejectedValue(new NoAnswer('timeout'))
    get.mockResolvedValue(aClosedOrder({ channel: 'native' }))
    await scan.cancel()
    await flushPromises()
    expect(scan.problem.value).toContain('不会重复扣款')
    expect(scan.live.value).toBe(false)
  })
})

describe('instead of the phone', () => {
  beforeEach(() => get.mockResolvedValue(native({ channel: 'jsapi' })))

  it('leads to the new order', async () => {
    await begin()
    cancel.mockResolvedValue(saying('closed', aClosedOrder()))
    open.mockResolvedValue({ ...code, order: native({ order_no: 'B00001' }) })
    await scan.swap()
    expect(others).toEqual(['B00001'])
  })

  it('leads to the order that has the bills meanwhile', async () => {
    await begin()
    cancel.mockResolvedValue(saying('closed', aClosedOrder()))
    open.mockRejectedValue(new Refusal('bill_in_live_order', '在另一笔订单中', 409, 'C00001'))
    await scan.swap()
    expect(others).toEqual(['C00001'])
  })

  it('lets the student choose again where the bills have changed', async () => {
    await begin()
    cancel.mockResolvedValue(saying('closed', aClosedOrder()))
    open.mockRejectedValue(new Refusal('bills_changed', '费用金额已更新', 409))
    await scan.swap()
    expect(scan.chooseAgain.value).toBe(true)
    expect(scan.problem.value).toContain('费用金额已更新')
  })

  it('says that it was paid meanwhile', async () => {
    await begin()
    cancel.mockResolvedValue(saying('paid', aPaidOrder()))
    await scan.swap()
    expect(scan.outcome.value).toContain('付款先于取消到达')
    expect(others).toEqual([])
  })
})
