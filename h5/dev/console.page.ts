// What one does at the console, in Chromium: the way in, lists by keyboard alone, operators, the own account.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { at, openTab, type Tab } from './browser'
import { enterConsole } from './console_steps'
import { useBrowser, type Mock } from './desk'
import { startMock } from './mock.mjs'
import { goodCode, goodPassword, initialPassword } from './office.mjs'

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

async function atDesk(width = 1440): Promise<Page> {
  const tab = await openTab(browser(), mock.address, { width, height: 900, wechat: false })
  tabs.push(tab)
  return tab.page
}
const path = (page: Page) => new URL(page.url()).pathname
const focused = (page: Page, what: string) =>
  page.evaluate((what) => document.activeElement?.getAttribute(what), what)
/** What the list was asked last has been answered. */
const settled = (page: Page) =>
  expect.poll(() => page.locator('.list[aria-busy=false]').count()).toBe(1)
const rowNow = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('tr')?.textContent?.replace(/\s+/g, ' '))

describe('the way in', () => {
  it('leads where one wanted to go; what was wrong is said once for all', async () => {
    const page = await atDesk()
    await page.goto('/console/audit?what=refund.')
    await expect.poll(() => focused(page, 'id')).toBe('name')
    await page.keyboard.type('li')
    await page.keyboard.press('Tab')
    await page.keyboard.type(goodPassword)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('000000')
    await page.keyboard.press('Enter')
    await page.getByText('登录名、密码或动态口令不正确').waitFor()
    await expect.poll(() => focused(page, 'id')).toBe('code')
    expect(await at(page, 'code').inputValue()).toBe('')
    await page.keyboard.type('246 810')
    await page.keyboard.press('Enter')
    await at(page, 'row').first().waitFor()
    expect(page.url()).toMatch(/\/console\/audit\?what=refund\.$/)
  })

  it('the first time leads to setting oneself up, and nowhere else', async () => {
    const page = await atDesk()
    await page.goto('/console/me')
    await at(page, 'name').fill('zhou')
    await at(page, 'password').fill(initialPassword)
    await at(page, 'sign-in').click()
    await at(page, 'qr').waitFor()
    await page.goto('/console/audit')
    await at(page, 'qr').waitFor()
    expect(path(page)).toBe('/console/setup')
    expect(await at(page, 'qr').getAttribute('data-text')).toMatch(/^otpauth:\/\/totp\//)
    expect(await at(page, 'secret').innerText()).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)

    await at(page, 'new_password').fill('zhou-zhou-1')
    await at(page, 'send').click()
    await page.getByText('新密码还不符合下面的要求').waitFor()
    await at(page, 'new_password').fill('sun-on-the-roofs')
    await at(page, 'new_password_again').fill('sun-on-the-roofs')
    await at(page, 'code').fill('111111')
    await at(page, 'send').click()
    await page.getByText('动态口令不正确').waitFor()
    await at(page, 'code').fill(goodCode)
    await at(page, 'send').click()
    await at(page, 'hello').waitFor()
    expect(await at(page, 'block-me').count()).toBe(1)
    expect(await at(page, 'block-operators').count()).toBe(0)
  })

  it('is asked for again when the session has ended, and leads back', async () => {
    const page = await atDesk()
    await enterConsole(page, { path: 'audit' })
    await at(page, 'row').first().waitFor()
    await at(page, 'filter-what').selectOption('operator.')
    await expect.poll(() => page.url()).toContain('what=operator.')
    await settled(page)
    mock.office.sessions.forEach((row) => (row.ended_at ??= Date.now()))
    await at(page, 'refresh').click()
    await at(page, 'ended').waitFor()
    await at(page, 'name').fill('li')
    await at(page, 'password').fill(goodPassword)
    await at(page, 'code').fill(goodCode)
    await at(page, 'sign-in').click()
    await at(page, 'row').first().waitFor()
    expect(page.url()).toContain('/console/audit?what=operator.')
  })

  it('shows each role its own, and no other by address', async () => {
    const page = await atDesk()
    await enterConsole(page, { name: 'wang', path: 'audit' })
    await at(page, 'hello').waitFor()
    expect(path(page)).toBe('/console/')
    expect(await at(page, 'block-operators').count()).toBe(0)
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.keyboard.press('g')
    await page.keyboard.press('n')
    await at(page, 'me').waitFor()
    await at(page, 'sign-out').click()
    await at(page, 'name').waitFor()
    await page.goBack()
    await at(page, 'name').waitFor()
  })
})

describe('lists', () => {
  it('are worked through by keyboard alone', async () => {
    const page = await atDesk()
    await enterConsole(page)
    await at(page, 'hello').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await at(page, 'row').first().waitFor()
    await page.keyboard.press('/')
    expect(await focused(page, 'data-testid')).toBe('filter-text')
    await page.keyboard.type('g?/')
    await expect.poll(() => page.getByText('没有符合条件的记录').count()).toBe(1)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('R20260901000123')
    await expect.poll(() => rowCount(page)).toBeGreaterThan(5)
    expect(page.url()).not.toContain('R2026')

    await page.locator('.door').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    const third = await rowNow(page)
    await page.keyboard.press('Enter')
    await at(page, 'panel').waitFor()
    expect(await rowNow(page), 'the focus stays in the list').toContain(third?.slice(0, 20))
    await page.keyboard.press('ArrowDown')
    const fourth = (await rowNow(page))?.slice(0, 19)
    await expect.poll(() => at(page, 'audit-row').innerText()).toContain(fourth)
    await page.keyboard.press('Enter')
    expect(await focused(page, 'data-panel-head')).toBe('')
    await page.keyboard.press('Escape')
    await expect.poll(() => at(page, 'panel').count()).toBe(0)
    await expect.poll(async () => (await rowNow(page))?.slice(0, 19)).toBe(fourth)
  })

  it('are found again by Back and by a reload', async () => {
    const page = await atDesk()
    await enterConsole(page, { path: 'audit' })
    await at(page, 'filter-what').selectOption('refund.')
    await at(page, 'filter-text').fill('退学')
    await expect.poll(() => page.evaluate(() => history.state.kept?.text)).toBe('退学')
    await settled(page)
    const found = await rowCount(page)
    await page.locator('.door').nth(1).click()
    await at(page, 'panel').waitFor()
    await page.reload()
    await at(page, 'panel').waitFor()
    expect(await at(page, 'filter-text').inputValue()).toBe('退学')
    expect(await rowCount(page)).toBe(found)
    await page.goBack()
    await expect.poll(() => at(page, 'panel').count()).toBe(0)
    expect(await at(page, 'filter-text').inputValue()).toBe('退学')
    await at(page, 'block-operators').click()
    await at(page, 'add').waitFor()
    await page.goBack()
    await expect.poll(() => rowCount(page)).toBe(found)
    await at(page, 'filter-clear').click()
    await expect.poll(() => rowCount(page)).toBe(50)
  })

  it('grow below what is there, and nothing moves', async () => {
    const page = await atDesk()
    await enterConsole(page, { path: 'audit' })
    await at(page, 'more').scrollIntoViewIfNeeded()
    const last = page.locator('[data-testid=row]').nth(49)
    const before = await last.boundingBox()
    mock.world.switches.delay_ms = 200
    await at(page, 'more').click()
    await expect.poll(() => rowCount(page)).toBe(100)
    expect(await last.boundingBox()).toEqual(before)
    expect(await at(page, 'count').innerText()).toBe('已显示 100 条')
  })
})

const rowCount = (page: Page) => at(page, 'row').count()

describe('operators', () => {
  let page: Page
  beforeEach(async () => {
    page = await atDesk()
    await enterConsole(page, { path: 'operators' })
    await at(page, 'row').first().waitFor()
  })
  const open = (name: string) => page.getByRole('button', { name, exact: true }).click()

  it('are added, told their password once, and let in by it', async () => {
    await at(page, 'add').click()
    await at(page, 'name').fill('Liu')
    await at(page, 'display_name').fill('刘洋')
    await at(page, 'some').check()
    await at(page, 'send').click()
    await page.getByText('以小写字母开头').waitFor()
    await page.getByText('请至少选择一个学院').waitFor()
    await at(page, 'name').fill('wang')
    await at(page, 'college').nth(1).check()
    await at(page, 'send').click()
    await page.getByText('该登录名已有人使用').waitFor()
    await at(page, 'name').fill('liu')
    await at(page, 'send').click()
    const told = await at(page, 'initial-password').innerText()
    await page.keyboard.press('Escape')
    expect(await at(page, 'told').count(), 'Escape does not throw it away').toBe(1)
    await at(page, 'told-close').click()
    await page.getByRole('button', { name: 'liu', exact: true }).waitFor()
    expect(await page.getByText(told).count()).toBe(0)

    const other = await atDesk()
    await other.goto('/console/')
    await at(other, 'name').fill('liu')
    await at(other, 'password').fill(told)
    await at(other, 'sign-in').click()
    await at(other, 'qr').waitFor()
  })

  it('are disabled and let in again, after being asked once more', async () => {
    await open('zhao.min')
    await at(page, 'session').first().waitFor()
    await at(page, 'disable').click()
    await page.keyboard.press('Escape')
    expect(await at(page, 'confirm-dialog').count()).toBe(0)
    expect(mock.heard.some(({ name }) => name.endsWith('/disable'))).toBe(false)
    await at(page, 'disable').click()
    await at(page, 'confirm-yes').click()
    await at(page, 'no-session').waitFor()
    await at(page, 'enable').click()
    await at(page, 'confirm-yes').click()
    await at(page, 'disable').waitFor()
  })

  it('are changed by one at a time', async () => {
    await open('wang')
    await at(page, 'change').click()
    await at(page, 'role-auditor').check()
    const wang = mock.office.people.find((one) => one.name === 'wang')!
    wang.version += 1
    await at(page, 'send').click()
    await page.getByText('刚被他人修改').waitFor()
    await at(page, 'dialog-close').click()
    await at(page, 'refresh').click()
    await at(page, 'change').click()
    await at(page, 'role-auditor').check()
    await at(page, 'send').click()
    await page.getByText('需要重新登录').waitFor()
    expect(wang.role).toBe('auditor')
  })

  it('are signed out from anywhere', async () => {
    await at(page, 'tab-sessions').click()
    await at(page, 'filter-live').selectOption('yes')
    const ends = at(page, 'session-end')
    await ends.first().waitFor()
    const count = await ends.count()
    await ends.first().click()
    await at(page, 'confirm-yes').click()
    await expect.poll(() => ends.count()).toBe(count - 1)
    expect(page.url()).toContain('tab=sessions')
  })
})

describe('an auditor', () => {
  it('sees operators and changes nothing', async () => {
    const page = await atDesk()
    await enterConsole(page, { name: 'qian', path: 'operators' })
    await page.getByRole('button', { name: 'wang', exact: true }).click()
    await at(page, 'session').first().waitFor()
    for (const act of ['add', 'change', 'reset', 'disable', 'session-end', 'sign-out-all'])
      expect(await at(page, act).count(), act).toBe(0)
  })
})

describe('the own account', () => {
  it('gets another password and another authenticator', async () => {
    const page = await atDesk()
    await enterConsole(page, { path: 'me' })
    await at(page, 'change-password').click()
    await at(page, 'password').fill('not-this-one')
    await at(page, 'new_password').fill('sun-on-the-roofs')
    await at(page, 'new_password_again').fill('sun-on-the-roofs')
    await at(page, 'code').fill(goodCode)
    await at(page, 'send').click()
    await page.getByText('当前密码不正确').waitFor()
    await expect.poll(() => focused(page, 'id')).toBe('password')
    await at(page, 'password').fill(goodPassword)
    await at(page, 'send').click()
    await page.getByText('密码已修改').waitFor()

    await at(page, 'change-authenticator').click()
    await at(page, 'password').fill('sun-on-the-roofs')
    await at(page, 'code').fill(goodCode)
    await at(page, 'send').click()
    await at(page, 'qr').waitFor()
    await at(page, 'code').fill(goodCode)
    await at(page, 'send').click()
    await page.getByText('验证器已更换').waitFor()
  })

  it('ends its other sessions', async () => {
    const page = await atDesk()
    await enterConsole(page, { path: 'me' })
    mock.office.begin(mock.office.people[0]!)
    await page.reload()
    await at(page, 'end-others').click()
    await at(page, 'confirm-yes').click()
    await expect.poll(() => at(page, 'end-others').count()).toBe(0)
    expect(await at(page, 'session').count()).toBe(1)
  })
})
