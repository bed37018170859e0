// The money flow in a real browser: what the user sees, and which calls reach the server.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, launch, openTab, shot, signIn, type Phone, type Tab } from './browser'
import { startMock } from './mock.mjs'

let browser: Browser
let mock: Awaited<ReturnType<typeof startMock>>
let tab: Tab

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
beforeEach(async () => {
  mock = await startMock()
})
afterEach(async () => {
  expect(tab.faults).toEqual([])
  await tab.close()
  mock.close()
})

async function toConfirm(phone: Phone = {}) {
  tab = await openTab(browser, mock.address, phone)
  const { page } = tab
  await signIn(page, '/h5/fees')
  await at(page, 'pay').click()
  await at(page, 'confirm-total').waitFor()
  return page
}

const heard = (name: string) => mock.heard.filter((call) => call.name === name)
const liveOrder = () => mock.world.orders[0]!
const path = () => new URL(tab.page.url()).pathname

describe('paying', () => {
  it('ends with success, and Back leads away from the cashier', async () => {
    const page = await toConfirm({ bridgeAfterMs: 1200 })
    expect(await at(page, 'merchant').innerText()).toContain('吉林交通职业技术学院')
    expect(await at(page, 'line-count').innerText()).toContain('共 4 项')
    await at(page, 'confirm-pay').dblclick()
    await at(page, 'result-paid').waitFor()
    expect(await at(page, 'transaction-id').innerText()).toMatch(/^\d{28}$/)
    expect(heard('POST /orders')).toHaveLength(1)
    await page.goBack()
    await at(page, 'period').first().waitFor()
    expect(path()).toBe('/h5/fees')
    await expect.poll(() => page.getByText('教材费').count()).toBe(0)
    await page.goto('/h5/paid')
    await expect.poll(() => at(page, 'paid-item').first().innerText()).toContain('2025-2026学年')
  })

  it('after cancelling leads to the order, which can be continued', async () => {
    const page = await toConfirm({ wechat: 'cancel' })
    await at(page, 'confirm-pay').click()
    await at(page, 'arrival').waitFor()
    expect(path()).toBe('/h5/order')
    expect(await at(page, 'arrival').innerText()).toContain('没有扣款')
    await page.evaluate(() => localStorage.setItem('sheet', 'ok'))
    await at(page, 'order-continue').click()
    await at(page, 'result-paid').waitFor()
    expect(heard('POST /orders')).toHaveLength(1)
  })

  it('after cancelling leads to the order, which can be given up and opened anew', async () => {
    const page = await toConfirm({ wechat: 'cancel' })
    await at(page, 'confirm-pay').click()
    await at(page, 'order-cancel').click()
    await at(page, 'cancel-yes').click()
    await expect.poll(() => at(page, 'state-word').innerText()).toBe('已关闭')
    await page.evaluate(() => localStorage.setItem('sheet', 'ok'))
    await at(page, 'order-to-fees').click()
    await at(page, 'pay').click()
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
    const ids = heard('POST /orders').map((call) => call.body.request_id)
    expect(new Set(ids).size).toBe(2)
  })

  it('tells that the sheet failed and that nothing was taken', async () => {
    const page = await toConfirm({ wechat: 'fail' })
    await at(page, 'confirm-pay').click()
    await expect.poll(() => at(page, 'arrival').innerText()).toContain('微信支付没有完成')
  })

  it('says what it waits for until WeChat has booked the payment', async () => {
    const page = await toConfirm()
    mock.world.switches.confirm = ['unknown', 'not_paid', 'not_paid']
    await at(page, 'confirm-pay').click()
    await at(page, 'result-confirming').waitFor()
    await page.getByText('不会重复扣款').first().waitFor()
    await at(page, 'result-paid').waitFor()
  })

  it('waits for WeChat at opening with words, with one order', async () => {
    const page = await toConfirm()
    mock.world.switches.silent_opening = 3
    await at(page, 'confirm-pay').click()
    await page.getByText('微信支付响应较慢').waitFor()
    await shot(page, 'confirm-waiting')
    await at(page, 'result-paid').waitFor()
    expect(heard('POST /orders')).toHaveLength(1)
  })

  it('keeps its request id through a lost answer and a reload', async () => {
    const page = await toConfirm()
    mock.world.switches.refuse = { 'POST /orders': 'cut' }
    await at(page, 'confirm-pay').click()
    await at(page, 'pay-problem').waitFor()
    await shot(page, 'confirm-problem')
    await page.reload()
    mock.world.switches.refuse = {}
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
    const ids = heard('POST /orders').map((call) => call.body.request_id)
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(1)
  })

  it('shows a changed amount before anything is paid', async () => {
    const page = await toConfirm()
    const tuition = mock.world.bills[0]!
    Object.assign(tuition, { due_fen: 690000 })
    await at(page, 'confirm-pay').click()
    await at(page, 'changed').waitFor()
    expect(await at(page, 'confirm-total').innerText()).toContain('10,780.50')
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
    expect(liveOrder().amount_fen).toBe(1078050)
  })

  it('leads a second tab to the order of the first', async () => {
    const page = await toConfirm()
    const lines = [{ bill_id: '101', period: '2026-2027学年', item: '学费', amount_fen: 700000 }]
    mock.world.orders.unshift(mock.world.order({ lines }))
    await at(page, 'confirm-pay').click()
    await at(page, 'order-continue').waitFor()
    expect(page.url()).toContain(liveOrder().order_no)
    expect(await at(page, 'arrival').innerText()).toContain('未完成的订单')
  })

  it('offers a way on when the sheet stays silent', async () => {
    const page = await toConfirm({ wechat: 'never' })
    await at(page, 'confirm-pay').click()
    await at(page, 'look-at-result').click({ timeout: 30_000 })
    await at(page, 'order-continue').waitFor()
  })
})

describe('money that went back', () => {
  it('is told in the list, on the order and among the paid items', async () => {
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page, '/h5/orders')
    await at(page, 'order').first().waitFor()
    const rows = await at(page, 'order').allInnerTexts()
    expect(
      rows.slice(0, 6).map((row) => row.match(/部分退款|已退款|退款处理中|退款未到账|已关闭/)?.[0]),
    ).toEqual(['部分退款', '已关闭', '已退款', '退款处理中', '已关闭', '退款未到账'])
    expect(rows[0]).toContain('已退 ¥400.00')
    expect(rows[5]).not.toContain('已退')
    expect(rows[6]).toContain('支付成功')

    await at(page, 'order').nth(3).click()
    await at(page, 'refunds').waitFor()
    expect(await at(page, 'state-word').innerText()).toBe('退款处理中')
    expect(await at(page, 'refund').allInnerTexts()).toEqual([
      expect.stringMatching(/已退款[^]*退宿退费[^]*¥1,000\.00/),
      expect.stringMatching(/退款处理中[^]*¥600\.00/),
    ])
    expect(await at(page, 'refunded').innerText()).toBe('¥1,000.00')
    await page.goBack()
    await at(page, 'order').nth(6).click()
    await at(page, 'state-word').waitFor()
    expect(await at(page, 'refunds').count()).toBe(0)

    await page.goto('/h5/paid')
    expect(await at(page, 'refunded-total').innerText()).toContain('已扣除退款 ¥1,480.00')
    const fen = (text: string) => Number(text.replace(/\D/g, ''))
    const years = await page.getByTestId('year-total').allInnerTexts()
    expect(years.map(fen).reduce((sum, one) => sum + one)).toBe(
      fen(await at(page, 'paid-total').innerText()),
    )
    const items = await at(page, 'paid-item').allInnerTexts()
    expect(items[0]).toContain('已退款 ¥400.00')
    expect(items[4]).not.toContain('退款')
  })
})

describe('the session', () => {
  it('ends on the way, and the way goes on after signing in again', async () => {
    const page = await toConfirm()
    mock.visitors.clear()
    await at(page, 'confirm-pay').click()
    await at(page, 'username').fill('2024010123')
    await at(page, 'password').fill('rain-on-the-rails')
    await at(page, 'sign-in').click()
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
  })

  it('gets its new token when another tab has signed in meanwhile', async () => {
    const page = await toConfirm()
    for (const visitor of mock.visitors.values()) visitor.csrf = 'renewed'
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
  })

  it('begins by itself where WeChat is bound, but not after signing out', async () => {
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page)
    await at(page, 'bind-accept').click()
    await page.getByText('已绑定微信').waitFor()
    mock.visitors.clear()
    await page.goto('/h5/orders')
    await at(page, 'order').first().waitFor()
    await at(page, 'menu').click()
    await at(page, 'menu-sign-out').click()
    await at(page, 'username').waitFor()
    await page.reload()
    await at(page, 'sign-in-wechat').click()
    await at(page, 'total-owed').waitFor()
    await page.goto('/h5/me')
    await at(page, 'unbind').click()
    await at(page, 'unbind-yes').click()
    await expect.poll(() => at(page, 'binding-done').innerText()).toBe('已解除绑定')
    expect(mock.world.bound).toBeUndefined()
  })
})

describe('outside WeChat', () => {
  it('everything can be seen, and paying says how to get in', async () => {
    const page = await toConfirm({ wechat: false })
    await at(page, 'how-to-pay').waitFor()
    expect(await at(page, 'confirm-pay').count()).toBe(0)
    await at(page, 'copy-link').click()
    await expect.poll(() => at(page, 'how-to-pay').innerText()).toMatch(/已复制|没有复制成功/)
  })
})

describe('where one was', () => {
  it('is found again: ticks, the list and its scroll', async () => {
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page, '/h5/fees')
    await at(page, 'tick-103').uncheck({ force: true })
    await at(page, 'pay').click()
    await at(page, 'confirm-total').waitFor()
    await page.goBack()
    expect(await at(page, 'tick-103').isChecked()).toBe(false)
    await page.reload()
    await at(page, 'pay').waitFor()
    expect(await at(page, 'tick-103').isChecked()).toBe(false)

    await page.goto('/h5/orders')
    await at(page, 'order').first().waitFor()
    for (const count of [40, 46]) {
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
      await expect.poll(() => at(page, 'order').count()).toBeGreaterThanOrEqual(count)
    }
    await page.getByText('没有更多订单了').waitFor()
    await at(page, 'order').nth(30).click()
    await at(page, 'state-word').waitFor()
    await page.goBack()
    await at(page, 'order').nth(30).waitFor()
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(1500)
  })

  it('offline is told, and the page comes back by itself', async () => {
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page)
    await tab.context.setOffline(true)
    await page.getByText('网络已断开，恢复后会自动更新').waitFor()
    await at(page, 'home-orders').click()
    await at(page, 'retry').waitFor()
    await shot(page, 'offline')
    await tab.context.setOffline(false)
    await at(page, 'order').first().waitFor()
  })
})
