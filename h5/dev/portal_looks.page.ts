// Every page of the desk portal at several widths, light and dark.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  at,
  expectDecent,
  jumps,
  launch,
  openTab,
  shot,
  type Phone as Screen,
  type Tab,
} from './browser'
import { startMock } from './mock.mjs'
import { enterPortal, solveCaptcha } from './portal'

type Mock = Awaited<ReturnType<typeof startMock>>

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const screens: [string, Screen][] = [
  ['1024', { width: 1024, height: 768 }],
  ['1440-dark', { width: 1440, height: 900, dark: true }],
  ['390', { width: 390, height: 844 }],
  ['1440-english', { width: 1440, height: 900, english: true }],
  ['1024-english', { width: 1024, height: 768, english: true }],
]
// The rest differs little: PAGES=all looks at it too.
if (process.env['PAGES'] === 'all') {
  screens.push(
    ['1440', { width: 1440, height: 900 }],
    ['1024-dark', { width: 1024, height: 768, dark: true }],
    ['390-dark', { width: 390, height: 844, dark: true }],
    ['3840', { width: 3840, height: 2160 }],
  )
}
/** The bar stays one line on every screen that is a desk's; 0 where there is none. */
const rowsOfTheBar = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const stops = Array.from(document.querySelectorAll('.bar-page'))
    return new Set(stops.map((stop) => Math.round(stop.getBoundingClientRect().top))).size
  })
const forAMouse = { width: 32, height: 31.5 }

describe.each(screens)('portal %s', (name, screen) => {
  let mock: Mock
  let tab: Tab

  beforeAll(async () => {
    mock = await startMock()
    tab = await openTab(browser, mock.address, { ...screen, wechat: false })
  })
  afterAll(async () => {
    await tab.close()
    mock.close()
  })

  async function look(page: string): Promise<void> {
    await shot(tab.page, `portal-${page}-${name}`)
    await expectDecent(tab.page, tab.faults, `${page} ${name}`, forAMouse)
    if (screen.width! >= 1024)
      expect(await rowsOfTheBar(tab.page), `${page} ${name}`).toBeLessThan(2)
  }

  it('sign-in', async () => {
    const { page } = tab
    await page.goto('/portal/')
    await at(page, 'captcha-picture').waitFor()
    await look('sign-in')
    await at(page, 'captcha-other').click()
    await at(page, 'captcha-question').getByText(/\S/).waitFor()
    await at(page, 'sign-in').click()
    await look('sign-in-question')
  })

  it('the first password', async () => {
    const { page } = tab
    await enterPortal(page, mock.world, { username: '2025020456', password: '010014' })
    await at(page, 'question-row').first().waitFor()
    await look('first-password')
    await at(page, 'new_password').fill('2025020456')
    await at(page, 'send').click()
    await look('first-password-faults')
    await at(page, 'sign-out').click()
    await at(page, 'username').waitFor()
  })

  it('fees', async () => {
    const { page } = tab
    await enterPortal(page, mock.world)
    await at(page, 'total').waitFor()
    await look('fees')
    await at(page, 'search').fill('没有这一项')
    await at(page, 'no-match').waitFor()
    await look('fees-no-match')
  })

  it('the wizard', async () => {
    const { page } = tab
    await page.goto('/portal/tuition')
    await at(page, 'next').waitFor()
    await look('choose')
    await at(page, 'next').click()
    await at(page, 'confirm-total').waitFor()
    await look('confirm')
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    await look('scan')
    await at(page, 'i-have-paid').click()
    await page.getByText(/微信尚未登记|no record of this payment/).waitFor()
    await look('scan-confirming')
    await page.goto('/portal/')
    await at(page, 'live-order').waitFor()
    await look('fees-live')
    await page.goto('/portal/tuition')
    await at(page, 'live-cancel').click()
    await at(page, 'cancel-yes').waitFor()
    await look('choose-cancel')
    await at(page, 'cancel-no').click()
    const order = mock.world.orders[0]!
    await page.goto(`/portal/tuition/pay?order=${order.order_no}`)
    await at(page, 'qr').waitFor()
    mock.world.paidAtWechat.add(order.order_no)
    await at(page, 'paid').waitFor()
    await look('paid')
  })

  it('an order of the phone', async () => {
    const { page } = tab
    const lines = [
      { bill_id: '104', period: '2026-2027学年', item: '实习保险费', amount_fen: 12000 },
    ]
    const order = mock.world.order({ lines })
    mock.world.orders.unshift(order)
    await page.goto(`/portal/tuition/pay?order=${order.order_no}`)
    await at(page, 'on-phone').waitFor()
    await look('scan-on-phone')
    mock.world.close(order)
    await at(page, 'closed').waitFor()
    await look('scan-closed')
  })

  it('orders', async () => {
    const { page } = tab
    await page.goto('/portal/orders')
    await at(page, 'order').first().waitFor()
    await look('orders')
    await page.goto(`/portal/order?no=${mock.world.orders.find((one) => one.refunds)?.order_no}`)
    await at(page, 'refunds').waitFor()
    await look('order')
    await page.emulateMedia({ media: 'print' })
    await shot(page, `portal-order-print-${name}`)
    await page.goto('/portal/orders')
    await at(page, 'order').first().waitFor()
    await shot(page, `portal-orders-print-${name}`)
    await page.emulateMedia({ media: 'screen' })
  })

  it('personal data and its forms', async () => {
    const { page } = tab
    await page.goto('/portal/me')
    await at(page, 'profile').waitFor()
    await look('me')
    for (const [form, ready] of [
      ['contact', 'phone'],
      ['password', 'new_password'],
      ['questions', 'answer_2'],
      ['card', 'bank_card'],
    ] as const) {
      await page.goto(`/portal/${form}`)
      await at(page, ready).waitFor()
      await look(form)
      await at(page, 'send').click()
      await look(`${form}-faults`)
    }
  })

  it('stands still while it is being filled', async () => {
    const { page } = tab
    mock.world.switches.delay_ms = 300
    for (const [path, filled] of [
      ['', 'total'],
      ['tuition', 'next'],
      ['orders', 'order'],
      ['me', 'profile'],
    ] as const) {
      await page.goto(`/portal/${path}`)
      await page.getByTestId(filled).or(page.getByTestId('blank')).first().waitFor()
      expect(await jumps(page), path).toBeLessThan(0.05)
    }
    mock.world.switches.delay_ms = 0
  })

  it('nothing there, and nothing to be read', async () => {
    const { page } = tab
    const { world } = mock
    world.switches.refuse = { 'GET /bills': 'hang' }
    await page.goto('/portal/')
    await at(page, 'waiting').waitFor()
    await page.waitForFunction(
      () => getComputedStyle(document.querySelector('.waiting-words')!).opacity === '1',
    )
    await look('waiting')
    world.switches.refuse = {
      'GET /bills': { status: 503, code: 'busy', message: '当前访问人数较多，请稍后再试' },
    }
    await page.goto('/portal/')
    await at(page, 'retry').waitFor()
    await look('failure')
    world.switches.refuse = { 'GET /session': 'cut' }
    await page.goto('/portal/')
    await at(page, 'retry').waitFor()
    await look('opening-failed')
    world.switches.refuse = {}
    world.bills.length = world.orders.length = 0
    for (const path of ['', 'tuition', 'orders']) {
      await page.goto(`/portal/${path}`)
      await at(page, 'blank').waitFor()
      await look(`empty-${path || 'fees'}`)
    }
  })

  it('recovery', async () => {
    const { page } = tab
    mock.world.bound = '2024010123'
    mock.visitors.clear()
    await page.goto('/portal/recover')
    await at(page, 'username').fill('2024010123')
    await solveCaptcha(page, mock.world)
    await look('recover')
    await at(page, 'send').click()
    await at(page, 'recover-answers').waitFor()
    await look('recover-answers')
    await at(page, 'recovery_0').fill('王老师')
    await at(page, 'recovery_1').fill('西游记')
    await at(page, 'recovery_2').fill('某某镇')
    await at(page, 'send').click()
    await at(page, 'recover-scan').waitFor()
    await look('recover-scan')
    mock.world.recoveries.forEach((one) => (one.state = 'approved'))
    await at(page, 'recover-password').waitFor()
    await look('recover-password')
  })
})
