// Every page of the desk portal at several widths, light and dark.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { at, jumps, shot } from './browser'
import { screensOf, useBrowser, useDesk } from './desk'
import { enterPortal, solveCaptcha } from './portal'

const browser = useBrowser()
const screens = screensOf(
  ['1440-dark', '390', '1024-english'],
  ['1024', '1440', '1440-english', '1024-dark', '390-dark', '3840'],
)
/** The bar stays one line on every screen that is a desk's; 0 where there is none. */
const rowsOfTheBar = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const stops = Array.from(document.querySelectorAll('.bar-page'))
    return new Set(stops.map((stop) => Math.round(stop.getBoundingClientRect().top))).size
  })

describe.each(screens)('portal %s', (name, screen) => {
  const desk = useDesk(browser, 'portal', name, screen)

  async function look(page: string): Promise<void> {
    await desk.look(page)
    if (screen.width! >= 1024)
      expect(await rowsOfTheBar(desk.page()), `${page} ${name}`).toBeLessThan(2)
  }

  it('sign-in', async () => {
    const page = desk.page()
    await page.goto('/portal/')
    await at(page, 'captcha-picture').waitFor()
    await look('sign-in')
    await at(page, 'captcha-other').click()
    await at(page, 'captcha-question').getByText(/\S/).waitFor()
    await at(page, 'sign-in').click()
    await look('sign-in-question')
  })

  it('the first password', async () => {
    const page = desk.page()
    await enterPortal(page, desk.mock().world, { username: '2025020456', password: '010014' })
    await at(page, 'question-row').first().waitFor()
    await look('first-password')
    await at(page, 'new_password').fill('2025020456')
    await at(page, 'send').click()
    await look('first-password-faults')
    await at(page, 'sign-out').click()
    await at(page, 'username').waitFor()
  })

  it('fees', async () => {
    const page = desk.page()
    await enterPortal(page, desk.mock().world)
    await at(page, 'total').waitFor()
    await look('fees')
    await at(page, 'search').fill('没有这一项')
    await at(page, 'no-match').waitFor()
    await look('fees-no-match')
  })

  it('the wizard', async () => {
    const page = desk.page()
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
    const order = desk.mock().world.orders[0]!
    await page.goto(`/portal/tuition/pay?order=${order.order_no}`)
    await at(page, 'qr').waitFor()
    desk.mock().world.paidAtWechat.add(order.order_no)
    await at(page, 'paid').waitFor()
    await look('paid')
  })

  it('an order of the phone', async () => {
    const page = desk.page()
    const lines = [
      { bill_id: '104', period: '2026-2027学年', item: '实习保险费', amount_fen: 12000 },
    ]
    const order = desk.mock().world.order({ lines })
    desk.mock().world.orders.unshift(order)
    await page.goto(`/portal/tuition/pay?order=${order.order_no}`)
    await at(page, 'on-phone').waitFor()
    await look('scan-on-phone')
    desk.mock().world.close(order)
    await at(page, 'closed').waitFor()
    await look('scan-closed')
  })

  it('orders', async () => {
    const page = desk.page()
    await page.goto('/portal/orders')
    await at(page, 'order').first().waitFor()
    await look('orders')
    await page.goto(
      `/portal/order?no=${desk.mock().world.orders.find((one) => one.refunds)?.order_no}`,
    )
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
    const page = desk.page()
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
    const page = desk.page()
    desk.mock().world.switches.delay_ms = 300
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
    desk.mock().world.switches.delay_ms = 0
  })

  it('nothing there, and nothing to be read', async () => {
    const page = desk.page()
    const { world } = desk.mock()
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
    const page = desk.page()
    desk.mock().world.bound = '2024010123'
    desk.mock().visitors.clear()
    await page.goto('/portal/recover')
    await at(page, 'username').fill('2024010123')
    await solveCaptcha(page, desk.mock().world)
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
    desk.mock().world.recoveries.forEach((one) => (one.state = 'approved'))
    await at(page, 'recover-password').waitFor()
    await look('recover-password')
  })
})
