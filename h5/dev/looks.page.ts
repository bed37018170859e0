// Every page at every width, light and dark, small and large type.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  at,
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

type Mock = Awaited<ReturnType<typeof startMock>>

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const phones: [string, Phone][] = [
  ['360', { width: 360, height: 640 }],
  ['390-dark', { width: 390, height: 844, dark: true }],
  ['360-large', { width: 360, height: 740, type: 1.4 }],
  ['1440', { width: 1440, height: 900, wechat: false }],
  ['390-english', { width: 390, height: 844, english: true }],
  ['360-english', { width: 360, height: 640, english: true, dark: true }],
]
// The rest differs little: PAGES=all looks at it too.
if (process.env['PAGES'] === 'all') {
  phones.push(
    ['390-outside', { width: 390, height: 844, wechat: false }],
    ['768-dark', { width: 768, height: 1024, dark: true, wechat: false }],
    ['1440-dark', { width: 1440, height: 900, dark: true, wechat: false }],
  )
}

describe.each(phones)('%s', (name, phone) => {
  let mock: Mock
  let tab: Tab

  beforeAll(async () => {
    mock = await startMock()
    tab = await openTab(browser, mock.address, phone)
  })
  afterAll(async () => {
    await tab.close()
    mock.close()
  })

  async function look(page: string): Promise<void> {
    await shot(tab.page, `${page}-${name}`)
    await expectDecent(tab.page, tab.faults, `${page} ${name}`)
  }

  it('sign-in', async () => {
    const { page } = tab
    await page.goto('/h5/')
    await at(page, 'username').waitFor()
    await look('sign-in')
    await at(page, 'way-identity').check({ force: true })
    await at(page, 'id_number').fill('110105200603071237')
    await at(page, 'sign-in').click()
    await look('sign-in-identity')
    await at(page, 'way-password').check({ force: true })
    await at(page, 'username').fill('2024010123')
    await at(page, 'password').fill('wrong')
    await at(page, 'sign-in').click()
    await page.getByText(/账号或密码不正确|Account or password is wrong/).waitFor()
    await look('sign-in-refused')
  })

  it('home and menu', async () => {
    const { page } = tab
    await signIn(page)
    await at(page, 'total-owed').waitFor()
    await look('home')
    await at(page, 'menu').click()
    await at(page, 'menu-fees').waitFor()
    await look('menu')
    await page.keyboard.press('Escape')
    await expect.poll(() => at(page, 'menu-fees').count()).toBe(0)
  })

  it('fees and confirm', async () => {
    const { page } = tab
    await page.goto('/h5/fees')
    await at(page, 'pay').waitFor()
    await look('fees')
    await at(page, 'pay').click()
    await at(page, 'confirm-total').waitFor()
    await look('confirm')
  })

  it('stands still while it is being filled', async () => {
    const { page } = tab
    mock.world.switches.delay_ms = 300
    for (const [path, filled] of [
      ['', 'total-owed'],
      ['fees', 'pay'],
      ['orders', 'order'],
      ['paid', 'paid-item'],
    ] as const) {
      await page.goto(`/h5/${path}`)
      await at(page, filled).first().waitFor()
      expect(await jumps(page), path).toBeLessThan(0.01)
    }
    mock.world.switches.delay_ms = 0
  })

  it('orders and paid items', async () => {
    const { page } = tab
    await page.goto('/h5/orders')
    await at(page, 'order').first().waitFor()
    await look('orders')
    await at(page, 'order').first().click()
    await at(page, 'state-word').waitFor()
    await look('order-refunded')
    await page.goBack()
    await at(page, 'order').nth(3).click()
    await at(page, 'refunds').waitFor()
    await look('order-refunding')
    await page.goBack()
    await at(page, 'order').nth(6).click()
    await page.getByText(/支付成功|Payment successful/).waitFor()
    await look('order-paid')
    await page.goto('/h5/paid')
    await at(page, 'paid-item').first().waitFor()
    await look('paid')
  })

  it('an unfinished order', async () => {
    const { page } = tab
    const lines = [
      { bill_id: '101', period: '2026-2027学年', item: '学费', amount_fen: 700000 },
      { bill_id: '102', period: '2026-2027学年', item: '住宿费', amount_fen: 120000 },
    ]
    const order = mock.world.order({ lines })
    mock.world.orders.unshift(order)
    await page.goto('/h5/fees')
    await at(page, 'bill-order').first().waitFor()
    await look('fees-in-order')
    await page.goto('/h5/')
    await at(page, 'home-live-order').waitFor()
    await look('home-live-order')
    await page.goto(`/h5/order?no=${order.order_no}&why=live`)
    await at(page, 'order-cancel').waitFor()
    await look('order-live')
    await at(page, 'order-cancel').click()
    await at(page, 'cancel-yes').waitFor()
    await look('order-cancel')
    await at(page, 'cancel-no').click()
  })

  it('an order begun at a desk, and a password to be recovered', async () => {
    const { page } = tab
    const { world } = mock
    const lines = [{ bill_id: '103', period: '2026-2027学年', item: '教材费', amount_fen: 68050 }]
    const order = world.order({ lines, channel: 'native' })
    world.orders.unshift(order)
    await page.goto(`/h5/order?no=${order.order_no}`)
    await at(page, 'at-desk').waitFor()
    await look('order-at-desk')
    world.close(order)

    await page.goto('/h5/recovery')
    await at(page, 'blank').waitFor()
    await look('recovery-unbound')
    const person = world.people[0]!
    const asked_at = Date.now()
    const times = { asked_at, expires_at: asked_at + 900_000 }
    const request = { recovery: 'secret', name: 'named', person, tries: 0, ...times }
    world.recoveries.push({ ...request, state: 'waiting_for_wechat' })
    world.bound = person.student.student_no
    await page.goto('/h5/recovery')
    await at(page, 'recovery-request').waitFor()
    await look('recovery')
    await page.goto('/h5/me')
    await at(page, 'recovery-request').waitFor()
    await look('me-recovery')
    await at(page, 'recovery-no').click()
    await at(page, 'recovery-said').waitFor()
    await look('me-recovery-said')
    world.bound = undefined
  })

  it('results', async () => {
    const { page } = tab
    const { world } = mock
    const order = world.orders.find((one) => one.state === 'opened')!
    world.switches.confirm = ['unknown', 'not_paid', 'not_paid', 'not_paid', 'not_paid']
    await page.goto(`/h5/result?order=${order.order_no}&said=ok`)
    await page.getByText(/微信尚未登记|has not recorded the payment/).waitFor()
    await look('result-confirming')
    world.switches.confirm = []
    world.paidAtWechat.add(order.order_no)
    await at(page, 'result-paid').waitFor()
    await look('result-paid')
    const closed = world.orders.find((one) => one.state === 'closed')!
    await page.goto(`/h5/result?order=${closed.order_no}`)
    await at(page, 'result-closed').waitFor()
    await look('result-closed')
  })

  it('me', async () => {
    const { page } = tab
    await page.goto('/h5/me')
    await at(page, 'student').waitFor()
    await look('me')
    for (const [form, ready] of [
      ['contact', 'phone'],
      ['password', 'new_password'],
      ['questions', 'answer_2'],
      ['card', 'bank_card'],
    ] as const) {
      await page.goto(`/h5/${form}`)
      await at(page, ready).waitFor()
      await at(page, 'send').click()
      await look(form)
    }
  })

  it('nothing there, and nothing to be read', async () => {
    const { page } = tab
    const { world } = mock
    world.switches.refuse = { 'GET /session': 'hang', 'GET /bills': 'hang' }
    await page.goto('/h5/fees', { waitUntil: 'commit' })
    await page.getByText(/正在打开|Opening/).waitFor()
    await look('opening')
    world.switches.refuse = { 'GET /bills': 'hang' }
    await at(page, 'waiting').waitFor()
    // Words come after a moment, so that a quick answer does not make them flash.
    await page.waitForFunction(
      () => getComputedStyle(document.querySelector('.waiting-words')!).opacity === '1',
    )
    expect(await page.locator('.waiting-words').innerText()).toMatch(/正在查询费用|Loading fees/)
    await look('waiting')
    world.switches.refuse = {
      'GET /bills': { status: 503, code: 'busy', message: '当前访问人数较多，请稍后再试' },
    }
    await page.goto('/h5/fees')
    await at(page, 'retry').waitFor()
    await look('failure')
    await page.goto('/h5/')
    await at(page, 'retry').waitFor()
    await look('home-failure')
    world.switches.refuse = { 'GET /session': 'cut' }
    await page.goto('/h5/fees')
    await at(page, 'retry').waitFor()
    await look('opening-failed')
    world.switches.refuse = {}
    world.bills.length = world.orders.length = 0
    for (const path of ['', 'fees', 'orders', 'paid']) {
      await page.goto(`/h5/${path}`)
      await page
        .getByText(/没有待缴费用|还没有|no fees to pay|no orders|No payments/)
        .first()
        .waitFor()
      await look(`empty-${path || 'home'}`)
    }
  })
})
