// Steps through the console that several page tests take.
import type { Page } from 'playwright-core'
import { at } from './browser'
import { goodCode, goodPassword } from './office.mjs'

/** li: admin, wang: finance, qian: auditor */
export async function enterConsole(page: Page, { name = 'li', path = '' } = {}): Promise<void> {
  await page.goto(`/console/${path}`)
  await at(page, 'name').fill(name)
  await at(page, 'password').fill(goodPassword)
  await at(page, 'code').fill(goodCode)
  await at(page, 'sign-in').click()
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
}
