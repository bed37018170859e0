// What finance does at the console, in Chromium: finding orders, asking WeChat, and money that goes back by two people.
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { at, openTab, type Tab } from './browser'
import { enterConsole, refundFile } from './console_steps'
import { useBrowser, type Mock } from './desk'
import { startMock } from './mock.mjs'

const browser = useBrowser()
let mock: Mock
let tabs: Tab[] = []
beforeEach(async () => {
  mock = await startMock()
})
afterEach(async () => {
  const faults = tabs.flatMap((tab) => tab.faults)
  await Promise.all(tabs.map((tab) => tab.close()))
  tabs = []
  mock.close()
  expect(faults).toEqual([])
})

async function as(name: string, path: string): Promise<Page> {
  const tab = await openTab(browser(), mock.address, { width: 1440, height: 900, wechat: false })
  tabs.push(tab)
  await enterConsole(tab.page, { name, path })
  return tab.page
}
const rowCount = (page: Page) => at(page, 'row').count()
const calls = (end: string) => mock.heard.filter(({ name }) => name.endsWith(end))

describe('orders', () => {
  it('are found by number, name, amount and state; names stay out of addresses', async () => {
    const page = await as('wang', 'orders')
    await expect.poll(() => rowCount(page)).toBe(50)
    await at(page, 'filter-text').fill('林一诺')
    await expect.poll(() => calls('/orders/search').at(-1)?.body.filter).toEqual({ name: '林一诺' })
    expect(page.url()).not.toMatch(/%E6|林/)
    await at(page, 'filter-more').click()
    await at(page, 'filter-least').fill('1,200')
    await at(page, 'filter-most').fill('1200.00')
    await at(page, 'filter-state').selectOption('paid')
    const filter = {
      ...{ name: '林一诺', states: ['paid'], amount_min_fen: 120000, amount_max_fen: 120000 },
    }
    await expect.poll(() => calls('/orders/search').at(-1)?.body.filter).toEqual(filter)
    await expect.poll(() => calls('/orders/sums').at(-1)?.body.filter).toEqual(filter)
    const asked = calls('/orders/search').length
    await at(page, 'filter-most').fill('很多')
    await page.getByText('最高金额应为金额').waitFor()
    expect(calls('/orders/search').length).toBe(asked)
    await at(page, 'filter-clear').click()
    await expect.poll(() => rowCount(page)).toBe(50)
  })

  it('are looked for again by a name of one’s own', async () => {
    const page = await as('wang', 'orders')
    await at(page, 'filter-state').selectOption('paid_late')
    await expect.poll(() => rowCount(page)).toBe(1)
    await at(page, 'searches').click()
    await at(page, 'search-save').click()
    await page.keyboard.type('迟到的钱')
    await page.keyboard.press('Enter')
    await page.getByText('已保存为常用查询').waitFor()
    await at(page, 'filter-clear').click()
    await expect.poll(() => rowCount(page)).toBe(50)
    await at(page, 'searches').click()
    await page.getByRole('button', { name: '迟到的钱', exact: true }).click()
    await expect.poll(() => rowCount(page)).toBe(1)
    expect(await at(page, 'filter-state').inputValue()).toBe('paid_late')
    await at(page, 'searches').click()
    await page.getByLabel('删除常用查询 迟到的钱').click()
    await page.getByText('还没有常用查询').waitFor()
  })

  it('are looked up from a pasted list', async () => {
    const page = await as('qian', 'orders?tab=lookup')
    const [first, second] = mock.treasury.orders
    await at(page, 'look').click()
    await page.getByText('请粘贴').waitFor()
    await at(page, 'numbers').fill(`${first?.order_no}, X1\n${second?.order_no} ${first?.order_no}`)
    await page.getByText('3 个号码').waitFor()
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => rowCount(page)).toBe(2)
    expect(await at(page, 'not-found').innerText()).toContain('X1')
  })

  it('are asked about at WeChat, which changes what it knows, and nothing when it is silent', async () => {
    const page = await as('wang', 'orders')
    const order = mock.treasury.orders[0]!
    await page.locator('.door').first().click()
    await at(page, 'life').waitFor()
    mock.treasury.wechat = 'unknown'
    await at(page, 'ask-wechat').click()
    await page.getByText('没有明确答复').first().waitFor()
    expect(await at(page, 'row').first().innerText()).toContain('待支付')
    mock.treasury.wechat = 'paid'
    await at(page, 'ask-wechat').click()
    await page.getByText('订单已记为已支付').waitFor()
    await expect.poll(() => at(page, 'row').first().innerText()).toContain('已支付')
    await page.reload()
    await at(page, 'life').waitFor()
    expect(page.url()).toContain(order.order_no)
  })
})

describe('a refund', () => {
  it('is asked for once, however often it is sent, and released by another person', async () => {
    const page = await as('wang', 'orders')
    const order = mock.treasury.orders.find((one) => one.state === 'paid')!
    await page.goto(`/console/orders?order=${order.order_no}`)
    await at(page, 'ask-refund').click()
    await at(page, 'send').click()
    await page.getByText('请选择退款原因').waitFor()
    await at(page, 'reason_code').selectOption('overcharged')
    await at(page, 'share-1').fill('9999999')
    await page.getByText('最多可退').waitFor()
    await at(page, 'share-1').fill('100.5')
    mock.world.switches.refuse = { 'POST /console/refunds': 'cut' }
    await at(page, 'send').click()
    await page.getByText('没有收到回复').waitFor()
    mock.world.switches.refuse = {}
    await at(page, 'send').click()
    await at(page, 'order-refund').waitFor()
    const wishes = calls('POST /console/refunds').map(({ body }) => body)
    expect(wishes[0]).toEqual(wishes[1])
    expect(wishes[1]).toMatchObject({
      ...{ parts: [{ line_no: 1, amount_fen: 10050 }], reason_code: 'overcharged' },
    })
    const made = mock.treasury.refunds[0]!
    await at(page, 'order-refund').getByText('查看').click()
    await page.getByText('要由另一位同事复核').waitFor()
    expect(await at(page, 'act-release').count()).toBe(0)

    const other = await as('zhao.min', `refunds?id=${encodeURIComponent(made.refund)}`)
    await at(other, 'act-release').click()
    expect(await at(other, 'decided-about').innerText()).toContain('100.50 元')
    made.amount_fen = 20000
    await at(other, 'confirm-yes').click()
    await other.getByText('金额已有变化').waitFor()
    await other.keyboard.press('Escape')
    await other.reload()
    await at(other, 'act-release').click()
    await at(other, 'confirm-yes').click()
    await expect.poll(() => made.state).toBe('accepted')
    await expect.poll(() => at(other, 'row').first().innerText()).toContain('待发送')
  })

  it('is rejected with a reason', async () => {
    const page = await as('wang', 'refunds?mine=to_decide')
    await expect.poll(() => rowCount(page)).toBe(1)
    await page.locator('.door').first().click()
    await at(page, 'act-reject').click()
    await at(page, 'confirm-yes').click()
    await page.getByText('请填写驳回原因').waitFor()
    await at(page, 'reason').fill('缺少文号')
    await page.keyboard.press('Control+Enter')
    await page.getByText('驳回：缺少文号').waitFor()
    expect(await at(page, 'act-reject').count()).toBe(0)
  })

  it('comes by file: looked at first, all or nothing, the same file once', async () => {
    const page = await as('wang', 'refunds?tab=batches')
    await at(page, 'by-file').click()
    await at(page, 'file').setInputFiles({ ...refundFile(mock, '九月.csv'), name: '九月.xlsx' })
    await page.getByText('请选择 .csv 文件').waitFor()
    await at(page, 'file').setInputFiles(refundFile(mock, '九月.csv', ['X,1,错']))
    await page.getByText('1 行有问题').waitFor()
    expect(await at(page, 'send').count()).toBe(0)
    await at(page, 'file').setInputFiles(refundFile(mock, '九月.csv'))
    await page.getByText('2 行全部可以退款').waitFor()
    await at(page, 'reason_code').selectOption('overcharged')
    await at(page, 'send').click()
    await at(page, 'batch-rows').waitFor()
    expect(await at(page, 'act-release').count()).toBe(0)
    await at(page, 'panel-close').click()
    await at(page, 'by-file').click()
    await at(page, 'file').setInputFiles(refundFile(mock, '九月.csv'))
    await at(page, 'known').waitFor()

    const other = await as('zhao.min', 'refunds?tab=batches')
    await other.locator('.door').first().click()
    await at(other, 'act-release').click()
    await at(other, 'confirm-yes').click()
    await other.getByText('已放行').first().waitFor()
    expect(mock.treasury.refunds.filter((one) => one.state === 'accepted')).toHaveLength(2)
  })

  it('of a leaver is reckoned, shown, and asked for as it was shown', async () => {
    const page = await as('wang', 'refunds?tab=leaver')
    await at(page, 'figure').click()
    await page.getByText('请输入学号').waitFor()
    await at(page, 'student_no').fill('0000')
    await at(page, 'figure').click()
    await page.getByText('没有找到该学生').waitFor()
    await at(page, 'student_no').fill('2024010120')
    await at(page, 'figure').click()
    const total = await at(page, 'leaver-total').innerText()
    await at(page, 'ask-leaver').click()
    await at(page, 'reason').fill('教务〔2026〕18号')
    await at(page, 'confirm-yes').click()
    await at(page, 'batch-rows').waitFor()
    expect(await page.locator('.panel-amount').innerText()).toBe(total)
    expect(page.url()).toContain('tab=batches')
  })
})

describe('an auditor', () => {
  it('reads everything of finance and moves no money', async () => {
    const page = await as('qian', 'orders')
    await page.locator('.door').nth(2).click()
    await at(page, 'life').waitFor()
    for (const act of ['ask-wechat', 'ask-refund']) expect(await at(page, act).count(), act).toBe(0)
    await page.goto('/console/refunds')
    await page.locator('.door').first().click()
    await page.getByText('退回的项目').waitFor()
    expect(await page.locator('[data-testid^=act-]').count()).toBe(0)
    expect(await at(page, 'tab-leaver').count()).toBe(0)
  })
})
