import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import {
  cancelSignUp,
  listChoices,
  listSignUps,
  listTopUps,
  type Choice,
  type SignUp,
  type TopUp,
} from '../../shared/api/choices'
import { NoAnswer } from '../../shared/errors'
import { here } from '../../shared/route'
import { forgetAllRead } from '../../shared/stories/cache'
import Choices from './Choices.vue'

vi.mock('../../shared/route', async (original) => ({
  ...(await original<typeof import('../../shared/route')>()),
  go: vi.fn(async () => {}),
  replace: vi.fn(async () => {}),
  href: (full: string) => `/h5${full}`,
}))
vi.mock('../../shared/api/choices')

const aChoice = (item_id: string, more: Partial<Choice> = {}): Choice => ({
  item_id,
  item: `项目${item_id}`,
  category: 'enrolment',
  period: '2026',
  merchant_name: '学院',
  state: 'open',
  price_fen: 3000,
  form: [],
  ...more,
})
const aSignUp = (more: Partial<SignUp> = {}): SignUp => ({
  sign_up_id: '7',
  item_id: '1',
  item: '项目1',
  category: 'enrolment',
  period: '2026',
  state: 'held',
  amount_fen: 3000,
  order_no: 'A00001',
  created_at: 0,
  can_cancel: true,
  ...more,
})
const aTopUp = (more: Partial<TopUp> = {}): TopUp => ({
  order_no: 'A00002',
  item_id: '5',
  item: '电费',
  target_label: '宿舍',
  target: '12-305',
  amount_fen: 2000,
  state: 'paid',
  delivery: 'on_its_way',
  created_at: 0,
  ...more,
})

async function open(path = '/projects') {
  Object.assign(here, { path, query: new URLSearchParams() })
  const page = mount(Choices, { attachTo: document.body })
  await flushPromises()
  return page
}

beforeEach(() => {
  document.body.innerHTML = ''
  forgetAllRead()
  vi.mocked(listChoices)
    .mockReset()
    .mockResolvedValue({ choices: [aChoice('1'), aChoice('2')] })
  vi.mocked(listSignUps).mockReset().mockResolvedValue({ sign_ups: [] })
  vi.mocked(listTopUps).mockReset().mockResolvedValue({ top_ups: [] })
  vi.mocked(cancelSignUp).mockReset()
})

it('leads to what may be chosen, and only there', async () => {
  vi.mocked(listChoices).mockResolvedValue({
    choices: [
      aChoice('1', { places_left: 3 }),
      aChoice('2', { state: 'full', note: '名额已满' }),
      aChoice('3', { own: aSignUp({ state: 'done' }) }),
      aChoice('4', { own: aSignUp() }),
    ],
  })
  const page = await open()
  const rows = page.findAll('[data-testid=choice]')
  expect(rows.map((row) => row.attributes('href'))).toEqual([
    '/h5/choose?item=1&of=enrolment',
    undefined,
    // Done without an order to look at would have none; this one was paid.
    '/h5/order?no=A00001',
    '/h5/order?no=A00001',
  ])
  expect(rows[0]!.text()).toContain('剩余名额 3')
  expect(rows[1]!.text()).toContain('名额已满')
})

it('each page asks for its own kind', async () => {
  await open('/living')
  expect(listChoices).toHaveBeenCalledWith('living')
  expect(listSignUps).not.toHaveBeenCalled()
  await open('/other')
  expect(listChoices).toHaveBeenLastCalledWith('other')
})

it('says what became of a top-up', async () => {
  const words: [Partial<TopUp>, string][] = [
    [{}, '已支付，正在到账'],
    [{ delivery: 'delivered' }, '已到账'],
    [{ delivery: 'held_up' }, '已支付，学校正在处理'],
    [{ delivery: 'returned' }, '已退款'],
    [{ state: 'open', delivery: 'none' }, '待支付'],
    [{ state: 'closed', delivery: 'none' }, '已关闭'],
  ]
  vi.mocked(listTopUps).mockResolvedValue({
    top_ups: words.map(([more], i) => aTopUp({ ...more, order_no: `A${i}` })),
  })
  const page = await open('/living')
  expect(page.findAll('[data-testid=top-up-state]').map((one) => one.text())).toEqual(
    words.map(([, word]) => word),
  )
})

it('cancels after asking, and tells what WeChat made of it', async () => {
  vi.mocked(listSignUps).mockResolvedValue({ sign_ups: [aSignUp()] })
  vi.mocked(cancelSignUp).mockResolvedValue({ sign_up: aSignUp({ state: 'done' }) })
  const page = await open()
  await page.get('[data-testid=sign-up-cancel]').trigger('click')
  expect(cancelSignUp).not.toHaveBeenCalled()
  document.querySelector<HTMLElement>('[data-testid=cancel-yes]')!.click()
  await flushPromises()
  expect(cancelSignUp).toHaveBeenCalledWith('7')
  expect(page.get('[data-testid=choice-outcome]').text()).toBe('付款先于取消到达，报名已成功')
})

it('says in one sentence why there is nothing, and tries again', async () => {
  vi.mocked(listChoices).mockRejectedValueOnce(new NoAnswer('offline'))
  const page = await open()
  expect(page.text()).toContain('网络已断开')
  await page.get('[data-testid=retry]').trigger('click')
  await flushPromises()
  expect(page.findAll('[data-testid=choice]')).toHaveLength(2)
})
