// Fees of every kind in a real browser: what is ticked, parts, receivers, loans, and why an amount is what it is.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  at,
  everyKind,
  expectDecent,
  jumps,
  launch,
  openTab,
  shot,
  signIn,
  type Phone,
  type Tab,
} from './browser'
import { startMock } from './mock.mjs'
import { enterPortal } from './portal'

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

const opened = () => mock.heard.filter((call) => call.name === 'POST /orders')
const newest = () => mock.world.orders[0]!
const college = '吉林交通职业技术学院'
const logistics = '吉林交院后勤服务有限公司'

/** 906 and 905 belong to another receiver. */
async function untickLogistics() {
  for (const id of ['905', '906']) await at(tab.page, `tick-${id}`).press(' ')
  expect(await at(tab.page, 'tick-906').isChecked()).toBe(false)
}

describe('on the phone', () => {
  async function open(path: string, phone: Phone = {}) {
    tab = await openTab(browser, mock.address, phone)
    await signIn(tab.page, path, everyKind)
    return tab.page
  }

  it('what is deferred is not ticked, and what a loan covers cannot be', async () => {
    const page = await open('/h5/fees')
    await at(page, 'pay').waitFor()
    const ticked = (id: string) => at(page, `tick-${id}`).isChecked()
    expect(await Promise.all(['901', '903', '904', '905', '906', '907'].map(ticked))).toEqual([
      ...[true, true, false, true, true, true],
    ])
    expect(await at(page, 'tick-902').count()).toBe(0)
    // 3,500 + 2,500 + 240 + 300 + 80
    expect(await at(page, 'chosen-total').innerText()).toBe('¥6,620.00')
    await at(page, 'tick-904').check({ force: true })
    await at(page, 'why-904').click()
    await at(page, 'story-due').waitFor()
    await page.goBack()
    expect(await ticked('904')).toBe(true)
    await page.goto('/h5/')
    await expect.poll(() => at(page, 'total-owed').innerText()).toBe('¥7,300.50')
    expect(await at(page, 'owed-in-all').innerText()).toContain('¥12,500.50')
  })

  it('a part is paid, by keyboard, and what is left stays owed', async () => {
    const page = await open('/h5/fees')
    await at(page, 'pay').waitFor()
    await untickLogistics()
    await at(page, 'part-903').focus()
    await page.keyboard.type('20')
    expect(await at(page, 'part-903-note').innerText()).toBe('每次至少缴 100.00\u00a0元')
    await at(page, 'pay').click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('part-903')
    await page.keyboard.type('1000。5')
    expect(await at(page, 'chosen-total').innerText()).toBe('¥4,580.50')
    await page.reload()
    await at(page, 'pay').waitFor()
    expect(await at(page, 'part-903').inputValue()).toBe('1000。5')
    await at(page, 'pay').click()
    await at(page, 'confirm-total').waitFor()
    expect(await at(page, 'confirm-total').innerText()).toBe('¥4,580.50')
    expect(await at(page, 'line-left').innerText()).toContain('¥1,499.50')
    expect(await at(page, 'merchant').innerText()).toBe(`收款方：${college}`)
    await at(page, 'confirm-pay').dblclick()
    await at(page, 'result-paid').waitFor()
    expect(opened()).toHaveLength(1)
    expect(opened()[0]?.body).toMatchObject({
      total_fen: 458050,
      parts: [{ bill_id: '903', amount_fen: 100050 }],
    })
    await page.goto('/h5/fees')
    await at(page, 'part-903').waitFor()
    expect(await at(page, 'part-903').inputValue()).toBe('1499.50')

    await page.goto(`/h5/order?no=${newest().order_no}`)
    await at(page, 'line').filter({ hasText: '实训材料费' }).click()
    await at(page, 'story-payment').waitFor()
    expect(await at(page, 'paid').innerText()).toBe('¥1,000.50')
    expect(await at(page, 'left').innerText()).toBe('¥1,499.50')
    await at(page, 'story-payment').click()
    await at(page, 'state-word').waitFor()
  })

  it('another amount is another wish, the same amount the same', async () => {
    const page = await open('/h5/fees')
    await untickLogistics()
    for (const text of ['1000', '1000', '1200']) {
      await at(page, 'part-903').fill(text)
      await at(page, 'pay').click()
      await at(page, 'confirm-total').waitFor()
      mock.world.switches.refuse = { 'POST /orders': 'cut' }
      await at(page, 'confirm-pay').click()
      await at(page, 'pay-problem').waitFor()
      await page.goBack()
    }
    const ids = opened().map((call) => call.body.request_id as string)
    expect(new Set(ids).size).toBe(2)
    expect(ids[0]).toBe(ids[1])
  })

  it('two receivers are paid one after the other', async () => {
    const page = await open('/h5/fees')
    await at(page, 'several-receivers').waitFor()
    await at(page, 'pay').click()
    await at(page, 'receivers').waitFor()
    const first = at(page, 'receiver-0')
    expect(await first.innerText()).toMatch(new RegExp(`${logistics}[^]*2 项[^]*540\\.00`))
    await first.click()
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
    expect(newest()).toMatchObject({ merchant_name: logistics, amount_fen: 54000 })
    await page.goto('/h5/fees')
    await expect.poll(() => at(page, 'chosen-total').innerText()).toBe('¥6,080.00')
    expect(await at(page, 'several-receivers').count()).toBe(0)
    await at(page, 'pay').click()
    await at(page, 'merchant').waitFor()
  })

  it('earlier fees come along where the school wants them first', async () => {
    mock.world.switches.arrears_first = true
    mock.world.bills.find((bill) => bill.bill_id === '906')!.paid_fen = 36000
    const page = await open('/h5/fees')
    await at(page, 'tick-905').press(' ')
    await at(page, 'tick-907').press(' ')
    await at(page, 'pay').click()
    await at(page, 'confirm-pay').click()
    await at(page, 'arrears-first').waitFor()
    await shot(page, 'arrears-first')
    await expectDecent(page, tab.faults, 'arrears first')
    await at(page, 'take-earlier').click()
    await expect.poll(() => at(page, 'confirm-total').innerText()).toBe('¥6,080.00')
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
  })

  it('earlier fees of another receiver lead back to choosing', async () => {
    mock.world.switches.arrears_first = true
    const page = await open('/h5/fees')
    await untickLogistics()
    await at(page, 'pay').click()
    await at(page, 'confirm-pay').click()
    await at(page, 'take-earlier').click()
    await at(page, 'tick-906').waitFor({ state: 'attached' })
    expect(await at(page, 'tick-906').isChecked()).toBe(true)
    // Or the two would wait for each other for ever.
    expect(await at(page, 'tick-901').isChecked()).toBe(false)
    await at(page, 'pay').click()
    await at(page, 'receiver-0').click()
    await at(page, 'confirm-pay').click()
    await at(page, 'result-paid').waitFor()
  })

  it('a bill that is none of one’s own says so', async () => {
    const page = await open('/h5/bill?id=101')
    await at(page, 'retry').waitFor()
    await page.getByText('没有找到这笔费用').waitFor()
    await expectDecent(page, tab.faults, 'no bill')
  })

  it.each<[string, Phone]>([
    ['390', { width: 390, height: 844 }],
    ['390-dark', { width: 390, height: 844, dark: true }],
    ['360-large', { width: 360, height: 740, type: 1.4 }],
    ['1440', { width: 1440, height: 900, wechat: false }],
  ])('looks decent: %s', async (name, phone) => {
    const page = await open('/h5/', phone)
    const look = async (what: string) => {
      await shot(page, `fees-${what}-${name}`, true)
      await expectDecent(page, tab.faults, `${what} ${name}`)
    }
    await at(page, 'total-owed').waitFor()
    await look('home')
    await page.goto('/h5/fees')
    await at(page, 'pay').waitFor()
    await look('fees')
    await at(page, 'part-903').fill('50')
    await look('part-fault')
    await at(page, 'part-903').fill('1000')
    await at(page, 'pay').click()
    await at(page, 'receivers').waitFor()
    await look('receivers')
    await at(page, 'receiver-1').click()
    await at(page, 'confirm-total').waitFor()
    await look('confirm')
    for (const [id, what] of [
      ['901', 'bill'],
      ['904', 'bill-deferred'],
      ['906', 'bill-part-paid'],
    ] as const) {
      await page.goto(`/h5/bill?id=${id}`)
      await at(page, 'story-left').waitFor()
      await look(what)
    }
    mock.world.switches.delay_ms = 300
    for (const path of ['fees', 'bill?id=901']) {
      await page.goto(`/h5/${path}`)
      await page.getByTestId('pay').or(at(page, 'story-left')).waitFor()
      expect(await jumps(page), path).toBeLessThan(0.02)
    }
  })
})

describe('at the desk', () => {
  async function open(path: string, screen: Phone = { width: 1280, height: 900 }) {
    tab = await openTab(browser, mock.address, { ...screen, wechat: false })
    await enterPortal(tab.page, mock.world, { path, username: everyKind })
    return tab.page
  }

  it('a part is paid, and what is left stays owed', async () => {
    const page = await open('tuition')
    for (const id of ['905', '906']) await at(page, `tick-${id}`).uncheck()
    await at(page, 'part-903').fill('2600')
    expect(await at(page, 'part-903-note').innerText()).toBe('最多可缴 2,500.00\u00a0元')
    await at(page, 'next').click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('part-903')
    await page.keyboard.type('1000')
    await at(page, 'next').click()
    await at(page, 'confirm').waitFor()
    expect(await at(page, 'confirm-total').innerText()).toBe('4,580.00元')
    expect(await at(page, 'line-left').innerText()).toContain('1,500.00 元')
    expect(await at(page, 'merchant').innerText()).toBe(college)
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    expect(opened()[0]?.body.parts).toEqual([{ bill_id: '903', amount_fen: 100000 }])
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor()
    await page.goto('/portal/tuition')
    await at(page, 'part-903').waitFor()
    expect(await at(page, 'part-903').inputValue()).toBe('1500.00')
  })

  it('two receivers are asked for, earlier fees come along', async () => {
    mock.world.switches.arrears_first = true
    const page = await open('tuition')
    await at(page, 'several-receivers').waitFor()
    for (const id of ['905', '907']) await at(page, `tick-${id}`).uncheck()
    await at(page, 'next').click()
    await at(page, 'receiver-0').click()
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor()
    await page.goto('/portal/tuition')
    await at(page, 'next').click()
    await at(page, 'confirm').click()
    await page.getByText('请先缴清（或一并缴清）较早学年的费用').waitFor()
    await shot(page, 'portal-arrears-first')
    await at(page, 'take-earlier').click()
    await expect.poll(() => at(page, 'confirm-total').innerText()).toBe('6,080.00元')
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
  })

  it('a part goes along to the other device', async () => {
    const part = { bill_id: '903', period: '2026-2027学年', item: '实训材料费', amount_fen: 50000 }
    const order = mock.world.order({ lines: [part], channel: 'jsapi' })
    mock.world.orders.unshift(order)
    const page = await open('')
    await at(page, 'live-continue').click()
    await at(page, 'swap').click()
    await at(page, 'swap-yes').click()
    await at(page, 'qr').waitFor()
    expect(newest()).toMatchObject({ channel: 'native', amount_fen: 50000 })
  })

  it.each<[string, Phone]>([
    ['1440', { width: 1440, height: 900 }],
    ['1440-dark', { width: 1440, height: 900, dark: true }],
    ['1024', { width: 1024, height: 768 }],
    ['390', { width: 390, height: 844 }],
  ])('looks decent: %s', async (name, screen) => {
    const page = await open('', screen)
    const look = async (what: string) => {
      await shot(page, `portal-fees-${what}-${name}`, true)
      await expectDecent(page, tab.faults, `${what} ${name}`, { width: 32, height: 31.5 })
    }
    await at(page, 'total').waitFor()
    await look('fees')
    await page.goto('/portal/tuition')
    await at(page, 'next').waitFor()
    await look('choose')
    await at(page, 'part-903').fill('50')
    await look('part-fault')
    await at(page, 'part-903').fill('1000')
    await at(page, 'next').click()
    await at(page, 'receivers').waitFor()
    await look('receivers')
    await at(page, 'receiver-1').click()
    await at(page, 'confirm-total').waitFor()
    await look('confirm')
    for (const [id, what] of [
      ['901', 'bill'],
      ['906', 'bill-part-paid'],
    ] as const) {
      await page.goto(`/portal/bill?id=${id}`)
      await at(page, 'story-left').waitFor()
      await look(what)
    }
    await page.goto('/portal/bill?id=101')
    await at(page, 'retry').waitFor()
    await look('no-bill')
  })
})
