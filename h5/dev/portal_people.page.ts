// What people do at a desk beside the straight way: no mouse, two tabs, Back, things typed into every field, another
// language.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, everyKind, launch, openTab, type Phone, type Tab } from './browser'
import { focused, tabTo } from './keys'
import { startMock } from './mock.mjs'
import { enterPortal, solveCaptcha } from './portal'

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

const heard = (name: string) => mock.heard.filter((call) => call.name === name)
const newest = () => mock.world.orders[0]!
const path = (page: Page) => new URL(page.url()).pathname

async function atDesk(
  where = '',
  { username = '2024010123', ...screen }: Phone & { username?: string } = {},
) {
  tab = await openTab(browser, mock.address, { width: 1280, height: 900, wechat: false, ...screen })
  await enterPortal(tab.page, mock.world, { path: where, username })
  return tab.page
}

describe('by keyboard alone', () => {
  /** From the choice to the code. */
  async function toTheCode(page: Page) {
    await at(page, 'next').waitFor()
    await tabTo(page, 'next')
    await page.keyboard.press('Enter')
    await at(page, 'confirm').waitFor()
    await tabTo(page, 'confirm')
    await page.keyboard.press('Enter')
    await at(page, 'qr').waitFor()
  }

  it('a payment is made, given up, and made again', async () => {
    const page = await atDesk()
    await at(page, 'total').waitFor()
    await tabTo(page, 'bar-tuition')
    await page.keyboard.press('Enter')
    await at(page, 'next').waitFor()
    await tabTo(page, 'tick-081')
    await page.keyboard.press('Space')
    await toTheCode(page)
    const first = newest()
    expect(first.lines.map((line) => line.bill_id)).toEqual(['101', '102', '103'])

    // The question keeps the focus, and Escape is no.
    await tabTo(page, 'cancel')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    const stops = new Set<string>()
    for (let press = 0; press < 5; press++) {
      await page.keyboard.press(press === 4 ? 'Shift+Tab' : 'Tab')
      stops.add(await focused(page))
    }
    expect([...stops].sort()).toEqual(['cancel-no', 'cancel-yes'])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('cancel')
    expect(mock.world.isLive(first)).toBe(true)

    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, 'cancel-yes')
    await page.keyboard.press('Enter')
    await at(page, 'closed').waitFor()
    expect(first.state).toBe('closed')
    await tabTo(page, 'again')
    await page.keyboard.press('Enter')
    await toTheCode(page)
    expect(newest()).not.toBe(first)
    mock.world.switches.notices_lost = true
    mock.world.paidAtWechat.add(newest().order_no)
    await tabTo(page, 'i-have-paid')
    await page.keyboard.press('Enter')
    await at(page, 'paid').waitFor()
    await tabTo(page, 'to-fees')
    await page.keyboard.press('Enter')
    await at(page, 'total').waitFor()
    expect(heard('POST /orders')).toHaveLength(2)
  })

  it('the first stop leads past the bar', async () => {
    const page = await atDesk()
    await at(page, 'total').waitFor()
    await page.reload()
    await at(page, 'total').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content')
    await page.keyboard.press('Tab')
    expect(await focused(page)).not.toContain('bar-')
  })
})

describe('two tabs', () => {
  async function both() {
    const page = await atDesk('tuition')
    const other = await tab.context.newPage()
    await other.goto('/portal/tuition')
    for (const one of [page, other]) {
      await at(one, 'next').click()
      await at(one, 'confirm').waitFor()
    }
    return [page, other] as const
  }

  it('come to one order, and both see that it is paid', async () => {
    const [page, other] = await both()
    await Promise.all([at(page, 'confirm').click(), at(other, 'confirm').click()])
    await at(page, 'qr').waitFor()
    await at(other, 'qr').waitFor()
    const codes = await Promise.all(
      [page, other].map((one) => at(one, 'qr').getAttribute('data-text')),
    )
    expect(codes[0]).toBe(codes[1])
    expect(mock.world.orders.filter((order) => mock.world.isLive(order))).toHaveLength(1)
    mock.world.paidAtWechat.add(newest().order_no)
    await page.bringToFront()
    await at(page, 'paid').waitFor()
    await other.bringToFront()
    await at(other, 'paid').waitFor()
  })

  it('what one gives up, the other no longer offers', async () => {
    const [page, other] = await both()
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    await at(other, 'confirm').click()
    await at(other, 'qr').waitFor()
    await page.bringToFront()
    await at(page, 'cancel').click()
    await at(page, 'cancel-yes').click()
    await at(page, 'closed').waitFor()
    await other.bringToFront()
    await at(other, 'closed').waitFor()
    expect(await at(other, 'qr').count()).toBe(0)
  })

  it('one that signs out takes the other along', async () => {
    const [page, other] = await both()
    await at(page, 'sign-out').click()
    await at(page, 'username').waitFor()
    await other.bringToFront()
    await at(other, 'confirm').click()
    await at(other, 'username').waitFor()
    expect(mock.world.orders.filter((order) => mock.world.isLive(order))).toHaveLength(0)
  })
})

it('Back after paying never leads to the cashier', async () => {
  const page = await atDesk()
  await at(page, 'to-tuition').click()
  await at(page, 'next').click()
  await at(page, 'confirm').click()
  await at(page, 'qr').waitFor()
  mock.world.paidAtWechat.add(newest().order_no)
  await at(page, 'paid').waitFor()
  await at(page, 'to-fees').click()
  await at(page, 'total').waitFor()
  const seen = []
  for (let step = 0; step < 3; step++) {
    await page.goBack()
    await page.waitForLoadState()
    await expect.poll(() => page.locator('.crumb h1').count()).toBe(1)
    await page.getByTestId('paid').or(at(page, 'bill').first()).waitFor()
    seen.push(path(page))
    expect(await at(page, 'qr').count()).toBe(0)
    expect(await at(page, 'confirm').count()).toBe(0)
  }
  expect(seen).toEqual(['/portal/tuition/pay', '/portal/tuition', '/portal/'])
  await page.goForward()
  await at(page, 'bill').first().waitFor()
  await page.goForward()
  await at(page, 'paid').waitFor()
  await page.goto('/portal/tuition/confirm')
  await at(page, 'bill').first().waitFor()
  expect(path(page)).toBe('/portal/tuition')
  expect(heard('POST /orders')).toHaveLength(1)
})

describe('what is typed', () => {
  const odd = `<img src=x onerror="document.title='!'"><script>1</script> ' OR 1=1; DROP TABLE bills;-- 😀`

  it('to sign in with stays text, and is cut where it is too long', async () => {
    tab = await openTab(browser, mock.address, { width: 1280, height: 900, wechat: false })
    const { page } = tab
    await page.goto('/portal/')
    await at(page, 'username').fill(odd.repeat(20))
    expect((await at(page, 'username').inputValue()).length).toBe(32)
    await at(page, 'password').fill(odd.repeat(20))
    expect((await at(page, 'password').inputValue()).length).toBe(128)
    await solveCaptcha(page, mock.world)
    await at(page, 'sign-in').click()
    await page.getByText('账号或密码不正确').waitFor()
    const { username } = heard('POST /portal/session')[0]!.body
    expect(username.length).toBeLessThanOrEqual(32)
    expect(await page.title()).toBe('登录')
  })

  it('to look for fees and orders finds nothing, and breaks nothing', async () => {
    const page = await atDesk()
    await at(page, 'search').fill(odd)
    await at(page, 'no-match').waitFor()
    await at(page, 'clear').click()
    await at(page, 'bill').first().waitFor()
    await page.goto('/portal/orders')
    await at(page, 'order').first().waitFor()
    await at(page, 'search').fill('<script>')
    await at(page, 'no-match').waitFor()
    expect(await at(page, 'search').inputValue()).toBe('<script>')
    await at(page, 'search').fill(odd.repeat(20))
    expect((await at(page, 'search').inputValue()).length).toBe(64)
    await page.goto(`/portal/order?no=${encodeURIComponent(odd)}`)
    await at(page, 'retry').waitFor()
    await page.goto(`/portal/sign-in?back=${encodeURIComponent('//elsewhere.example/')}`)
    await expect.poll(() => path(page)).toBe('/portal/')
  })

  it.each(['', '0', '-100', '1e3', '0x10', '99999999999999999999', '12.345', '一百', odd, '😀'])(
    'as a part of a fee is an amount or is refused beside its field: %s',
    async (typed) => {
      const page = await atDesk('tuition', { username: everyKind })
      await at(page, 'part-903').fill(typed)
      await expect
        .poll(() => at(page, 'part-903').getAttribute('aria-invalid'), { timeout: 5000 })
        .toBe('true')
      expect((await at(page, 'part-903-note').innerText()).length).toBeGreaterThan(3)
      await at(page, 'next').click()
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('part-903')
      expect(path(page)).toBe('/portal/tuition')
    },
  )

  it('about an item is sent as text, once it is right', async () => {
    const page = await atDesk('living/choose?item=511')
    await at(page, 'target').fill(odd)
    await at(page, 'amount').fill(odd)
    await at(page, 'choose-pay').click()
    await expect.poll(() => at(page, 'target').getAttribute('aria-invalid')).toBe('true')
    expect(await at(page, 'amount').getAttribute('aria-invalid')).toBe('true')
    expect(heard('POST /choices/511/order')).toHaveLength(0)
    await page.goto('/portal/other/choose?item=501')
    await at(page, 'option-大').check()
    const remark = `'; DROP TABLE bills;-- <b>😀`
    await at(page, 'answer-1').fill(remark)
    await at(page, 'choose-pay').click()
    await at(page, 'qr').waitFor()
    expect(heard('POST /choices/501/order')[0]!.body.answers['备注']).toBe(remark)
    await page.goto('/portal/other')
    await page.getByText(remark).waitFor()
  })

  it('into the account stays text', async () => {
    const page = await atDesk('contact')
    await at(page, 'address').fill(odd.repeat(20))
    expect((await at(page, 'address').inputValue()).length).toBe(200)
    await at(page, 'email').fill(odd)
    await at(page, 'password').fill('rain-on-the-rails')
    await at(page, 'send').click()
    await expect.poll(() => at(page, 'email').getAttribute('aria-invalid')).toBe('true')
    expect(heard('POST /profile')).toHaveLength(0)
    await at(page, 'email').fill('')
    await at(page, 'address').fill('<b>😀</b>某某街道')
    await at(page, 'send').click()
    await at(page, 'back-to-me').click()
    await page.getByText('<b>😀<****').waitFor()
  })
})

describe('the other language', () => {
  const lang = (page: Page) => page.evaluate(() => document.documentElement.lang)

  it('is chosen before signing in, keeps what was typed, and stays', async () => {
    tab = await openTab(browser, mock.address, { width: 1280, height: 900, wechat: false })
    const { page } = tab
    await page.goto('/portal/')
    await at(page, 'username').fill('2024010123')
    expect(await lang(page)).toBe('zh-CN')
    await at(page, 'language').click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await lang(page)).toBe('en')
    expect(await page.title()).toBe('Sign in')
    expect(await at(page, 'username').inputValue()).toBe('2024010123')
    expect(await focused(page)).toBe('language')
    await at(page, 'password').fill('wrong')
    await solveCaptcha(page, mock.world)
    await at(page, 'sign-in').click()
    await expect.poll(() => at(page, 'sign-in-problem').innerText()).toMatch(/^[A-Z][^一-鿿]+$/)
    const problem = await at(page, 'sign-in-problem').innerText()
    // What was said already changes with the language too.
    await at(page, 'language').click()
    await expect.poll(() => at(page, 'sign-in-problem').innerText()).toContain('账号或密码不正确')
    await at(page, 'language').click()
    await expect.poll(() => at(page, 'sign-in-problem').innerText()).toBe(problem)
    await at(page, 'password').fill('rain-on-the-rails')
    await solveCaptcha(page, mock.world)
    await at(page, 'sign-in').click()
    await at(page, 'total').waitFor()
    expect(await page.title()).toBe('Current fees')
    await page.reload()
    await at(page, 'total').waitFor()
    expect(await lang(page)).toBe('en')
    await at(page, 'sign-out').click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  })

  it('is chosen in the bar and in the profile', async () => {
    const page = await atDesk('me')
    await at(page, 'profile').waitFor()
    await page.locator('.bar [data-testid="language"]').click()
    await expect.poll(() => page.locator('.crumb h1').innerText()).toBe('Profile')
    await page.locator('main [data-testid="language"]').click()
    await expect.poll(() => page.locator('.crumb h1').innerText()).toBe('个人信息')
    expect(await lang(page)).toBe('zh-CN')
  })

  it('looks for fees in the words that are read, and in those that were written', async () => {
    const page = await atDesk('', { english: true })
    await at(page, 'search').fill('tuition')
    await expect.poll(() => at(page, 'bill').count()).toBe(2)
    await at(page, 'search').fill('学费')
    await expect.poll(() => at(page, 'bill').count()).toBe(2)
  })

  it('pays to the end in English', async () => {
    const page = await atDesk('tuition', { english: true })
    await at(page, 'next').click()
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor()
    expect(await page.title()).toMatch(/^[\w ]+$/)
    expect(await at(page, 'paid').innerText()).not.toMatch(/[一-鿿]/)
  })
})
