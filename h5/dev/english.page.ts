// English: chosen where one stands, at once, without losing the place or what was typed, and remembered. How every page
// looks in it is seen with the other looks (the screens named english).
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, everyKind, expectDecent, launch, openTab, shot, signIn, type Tab } from './browser'
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
  tab = await openTab(browser, mock.address, { width: 390, height: 844 })
})
afterEach(async () => {
  expect(tab.faults).toEqual([])
  await tab.close()
  mock.close()
})

const languageOfPage = () => tab.page.evaluate(() => document.documentElement.lang)
const look = async (what: string) => {
  await shot(tab.page, `english-${what}`)
  await expectDecent(tab.page, tab.faults, what)
}

describe('the choice', () => {
  it('is made before signing in: what was typed stays, and a reload keeps it', async () => {
    const { page } = tab
    await page.goto('/h5/')
    await at(page, 'username').fill('2024010123')
    await at(page, 'language').click()
    await page.getByText('Sign in', { exact: true }).first().waitFor()
    expect(await languageOfPage()).toBe('en')
    expect(await page.title()).toBe('Sign in')
    expect(await at(page, 'username').inputValue()).toBe('2024010123')
    await look('sign-in')
    await page.reload()
    await page.getByText('Sign in', { exact: true }).first().waitFor()
    expect(await languageOfPage()).toBe('en')
    await at(page, 'language').click()
    await expect.poll(() => page.title()).toBe('登录')
    expect(await languageOfPage()).toBe('zh-CN')
    await page.reload()
    await at(page, 'username').waitFor()
    expect(await page.title()).toBe('登录')
  })

  it('is made in the menu: the place, the ticks and the history stay', async () => {
    const { page } = tab
    await signIn(page, '/h5/fees', everyKind)
    await at(page, 'pay').waitFor()
    const first = page.locator('[data-testid^="tick-"]:not([data-testid="tick-all"])').first()
    await first.uncheck({ force: true })
    const total = await at(page, 'chosen-total').innerText()
    await at(page, 'menu').click()
    await at(page, 'language').click()
    await page.getByText('Campus payments').first().waitFor()
    await look('menu')
    await page.keyboard.press('Escape')
    expect(new URL(page.url()).pathname).toBe('/h5/fees')
    expect(await first.isChecked()).toBe(false)
    expect(await at(page, 'chosen-total').innerText()).toBe(total)
    await look('fees')
  })

  it('changes what the server has said already', async () => {
    const { page } = tab
    await page.goto('/h5/')
    await at(page, 'username').fill('2024010123')
    await at(page, 'password').fill('wrong')
    await at(page, 'sign-in').click()
    await page.getByText('账号或密码不正确').waitFor()
    await at(page, 'language').click()
    await page.getByText('Account or password is wrong').waitFor()
    await at(page, 'language').click()
    await page.getByText('账号或密码不正确').waitFor()
  })

  it('is offered under My details, and on the pages that are open to everybody', async () => {
    const { page } = tab
    await page.goto('/h5/verify')
    await at(page, 'language').click()
    await expect.poll(() => page.title()).toBe('Check a receipt')
    await page.goto(`/h5/family/${'x'.repeat(43)}`)
    await page.getByText('Payment link not found').waitFor()
    await at(page, 'language').click()
    await page.getByText('没有找到代付链接').waitFor()
    await signIn(page, '/h5/me')
    await at(page, 'language').click()
    await expect.poll(() => page.title()).toBe('Profile')
  })
})

it('is fetched by readers of English alone', async () => {
  const { page } = tab
  const fetched: string[] = []
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
  await signIn(page)
  await at(page, 'total-owed').waitFor()
  expect(fetched.filter((path) => path.includes('english'))).toEqual([])
  await at(page, 'menu').click()
  await at(page, 'language').click()
  await page.getByText('Campus payments').first().waitFor()
  await expect.poll(() => fetched.filter((path) => path.includes('english')).length).toBe(2)
  expect(fetched).toContain('/api/v1/site/english')
})

it('says so where it cannot be fetched, and a press later loads the page in it', async () => {
  const { page } = tab
  await page.goto('/h5/')
  await at(page, 'username').waitFor()
  await page.route('**/english-*.js', (route) => route.abort())
  await at(page, 'language').click()
  await page.getByText('reload in English').waitFor()
  expect(await languageOfPage()).toBe('zh-CN')
  await page.unroute('**/english-*.js')
  await at(page, 'language').click()
  await page.getByText('Sign in', { exact: true }).first().waitFor()
})

it("shows the payee's name as WeChat does, and marks it as Chinese", async () => {
  const { page } = tab
  await signIn(page, '/h5/fees')
  await at(page, 'menu').click()
  await at(page, 'language').click()
  await page.keyboard.press('Escape')
  await at(page, 'pay').click()
  await at(page, 'merchant').waitFor()
  expect(await at(page, 'merchant').innerText()).toBe('Payee: 吉林交通职业技术学院')
  expect(await at(page, 'merchant').locator('[lang="zh-CN"]').innerText()).toBe(
    '吉林交通职业技术学院',
  )
})
