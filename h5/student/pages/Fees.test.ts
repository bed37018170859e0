import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { aBill as sample, anArrears as arrears } from '../../dev/samples'
import { listBills, type Bill } from '../../shared/api/bills'
import { NoAnswer } from '../../shared/errors'
import { go } from '../../shared/route'
import { forgetAllRead } from '../../shared/stories/cache'
import { presentIntent } from '../../shared/stories/intent'
import { forgetPart } from '../../shared/stories/parts'
import { tick } from '../../shared/stories/ticks'
import Fees from './Fees.vue'

vi.mock('../../shared/route', async (original) => ({
  ...(await original<typeof import('../../shared/route')>()),
  go: vi.fn(async () => {}),
  replace: vi.fn(async () => {}),
  href: (full: string) => `/h5${full}`,
}))
vi.mock('../../shared/api/bills')
const read = vi.mocked(listBills)

const aBill = (bill_id: string, item: string, due_fen: number, more: Partial<Bill> = {}): Bill =>
  sample({ bill_id, item, due_fen, ...more })
const usual = () =>
  arrears(
    aBill('1', '学费', 700000),
    aBill('2', '住宿费', 120000),
    aBill('3', '教材费', 5000, { state: 'in_order', order_no: 'A00001' }),
    aBill('4', '体检费', 8000, { state: 'not_yet_open' }),
  )

async function open() {
  const page = mount(Fees, { attachTo: document.body })
  await flushPromises()
  return page
}
type Page = Awaited<ReturnType<typeof open>>
const at = (page: Page, testid: string) => page.get(`[data-testid=${testid}]`)

beforeEach(() => {
  sessionStorage.clear()
  forgetAllRead()
  tick(['1', '2', '3', '4'], true)
  forgetPart('1')
  vi.mocked(go).mockClear()
  read.mockReset().mockResolvedValue(usual())
})

it('ticks everything payable and nothing else', async () => {
  const page = await open()
  expect(page.findAll('input[type=checkbox]:checked')).toHaveLength(3) // two bills and 全选
  expect(at(page, 'chosen-total').text()).toBe('¥8,200.00')
  expect(page.text()).toContain('已选 2 项')
  expect(at(page, 'bill-order').attributes('href')).toBe('/h5/order?no=A00001')
})

it('pays what stays ticked', async () => {
  const page = await open()
  await at(page, 'tick-2').trigger('change')
  expect(at(page, 'chosen-total').text()).toBe('¥7,000.00')
  await at(page, 'pay').trigger('click')
  expect(presentIntent()).toMatchObject({ bill_ids: ['1'], total_fen: 700000 })
  expect(go).toHaveBeenCalledWith('/confirm')
})

it('cannot pay nothing', async () => {
  const page = await open()
  await at(page, 'tick-all').trigger('change')
  expect(at(page, 'chosen-total').text()).toBe('¥0.00')
  expect(at(page, 'pay').attributes('disabled')).toBeDefined()
  await at(page, 'tick-all').trigger('change')
  expect(at(page, 'chosen-total').text()).toBe('¥8,200.00')
})

it('keeps its ticks when the amounts are read again', async () => {
  const page = await open()
  await at(page, 'tick-2').trigger('change')
  read.mockResolvedValue(arrears(aBill('1', '学费', 690000), aBill('2', '住宿费', 120000)))
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  await flushPromises()
  expect(at(page, 'chosen-total').text()).toBe('¥6,900.00')
})

it('says in one sentence why there is nothing, and tries again', async () => {
  read.mockRejectedValueOnce(new NoAnswer('offline'))
  const page = await open()
  expect(page.text()).toContain('网络已断开，请检查网络后重试')
  await at(page, 'retry').trigger('click')
  await flushPromises()
  expect(at(page, 'chosen-total').text()).toBe('¥8,200.00')
})

it('leads to the order where everything stands in one, without a button that cannot be pressed', async () => {
  read.mockResolvedValue(
    arrears(aBill('1', '学费', 700000, { state: 'in_order', order_no: 'A00001' })),
  )
  const page = await open()
  expect(page.find('[data-testid=pay]').exists()).toBe(false)
  expect(at(page, 'fees-order').attributes('href')).toBe('/h5/order?no=A00001')
})

it('does not call a day that has passed a deadline', async () => {
  const past = Date.UTC(2025, 11, 31, 15)
  read.mockResolvedValue(
    arrears(
      aBill('1', '学费', 700000, { pay_before: past, note: '截止 2025-12-31' }),
      aBill('2', '住宿费', 120000, { pay_before: Date.now() + 86400_000, note: '截止 某日' }),
    ),
  )
  const page = await open()
  const [late, due] = page.findAll('[data-testid=bill]')
  expect(late!.text()).toContain('已过截止日期 2025-12-31')
  expect(late!.text().match(/截止/g)).toHaveLength(1)
  expect(due!.text()).toContain('截止 某日')
  expect(due!.find('[data-testid=overdue]').exists()).toBe(false)
})

it('has a word for owing nothing', async () => {
  read.mockResolvedValue(arrears())
  const page = await open()
  expect(at(page, 'blank').text()).toContain('没有待缴费用')
  expect(page.find('[data-testid=pay]').exists()).toBe(false)
})

it('does not tick what is deferred, and remembers when told to', async () => {
  const deferred = { ticked: false, note: '已批准缓缴至 2027-01-31' }
  read.mockResolvedValue(
    arrears(
      aBill('11', '学费', 700000, { ...deferred, pay_before: 1 }),
      aBill('12', '保险费', 5000, { required: false }),
      aBill('13', '住宿费', 120000),
    ),
  )
  const page = await open()
  expect(at(page, 'chosen-total').text()).toBe('¥1,250.00')
  const [late, optional] = page.findAll('[data-testid=bill]')
  expect(late!.text()).toContain('已批准缓缴至 2027-01-31')
  expect(late!.find('[data-testid=overdue]').exists()).toBe(false)
  expect(optional!.text()).toContain('选缴项目')
  await at(page, 'tick-11').trigger('change')
  page.unmount()
  expect(at(await open(), 'chosen-total').text()).toBe('¥8,250.00')
})

it('counts what may be paid, not what is owed', async () => {
  const note = '其中 4,000.00 元由助学贷款支付，等待发放至 2026-12-31'
  read.mockResolvedValue(
    arrears(
      aBill('1', '学费', 700000, { payable_fen: 300000, note }),
      aBill('2', '住宿费', 120000, { state: 'covered', payable_fen: 0, ticked: false }),
    ),
  )
  const page = await open()
  expect(at(page, 'chosen-total').text()).toBe('¥3,000.00')
  const [partly, covered] = page.findAll('[data-testid=bill]')
  expect(partly!.text()).toContain('欠费 7,000.00，本次可缴 3,000.00')
  expect(partly!.text()).toContain(note)
  expect(covered!.text()).toContain('由助学贷款支付')
  expect(covered!.find('input').exists()).toBe(false)
})

it('pays a part, and nothing while what is typed is no amount', async () => {
  read.mockResolvedValue(arrears(aBill('1', '学费', 700000, { least_part_fen: 10000 })))
  const page = await open()
  const field = at(page, 'part-1')
  expect((field.element as HTMLInputElement).value).toBe('7000.00')
  await field.setValue('50')
  expect(at(page, 'part-1-note').text()).toBe('每次至少缴 100.00\u00a0元')
  await at(page, 'pay').trigger('click')
  expect(go).not.toHaveBeenCalled()
  expect(document.activeElement).toBe(field.element)
  await field.setValue('3000.5')
  expect(at(page, 'chosen-total').text()).toBe('¥3,000.50')
  await at(page, 'pay').trigger('click')
  expect(go).toHaveBeenCalledWith('/confirm')
  expect(presentIntent()).toMatchObject({
    total_fen: 300050,
    parts: [{ bill_id: '1', amount_fen: 300050 }],
  })
})

it('asks whom to pay first where several receive, and keeps the rest chosen', async () => {
  const logistics = { merchant_name: '后勤服务公司' }
  read.mockResolvedValue(
    arrears(aBill('1', '学费', 700000), aBill('2', '住宿费', 120000, logistics)),
  )
  const page = await open()
  expect(at(page, 'several-receivers').text()).toContain('请分开缴纳')
  expect(page.findAll('[data-testid=bill]')[1]!.text()).toContain('收款方：后勤服务公司')
  await at(page, 'pay').trigger('click')
  expect(go).not.toHaveBeenCalled()
  expect(at(page, 'receiver-1').text()).toContain('¥1,200.00')
  await at(page, 'receiver-1').trigger('click')
  expect(go).toHaveBeenCalledWith('/confirm')
  expect(presentIntent()).toMatchObject({ bill_ids: ['2'], total_fen: 120000 })
  expect(at(page, 'chosen-total').text()).toBe('¥8,200.00')
})
