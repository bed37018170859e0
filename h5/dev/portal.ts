// Steps through the desk portal that several page tests take.
import type { Page } from 'playwright-core'
import { at } from './browser'
import type { World } from './world.mjs'

/** Fills the captcha in from the mock's memory. */
export async function solveCaptcha(page: Page, world: World): Promise<void> {
  await at(page, 'captcha-picture').waitFor()
  const answers = [...world.captchas.values()]
  await at(page, 'captcha').fill(answers[answers.length - 1] ?? '')
}

export async function enterPortal(
  page: Page,
  world: World,
  { path = '', username = '2024010123', password = 'rain-on-the-rails' } = {},
): Promise<void> {
  await page.goto(`/portal/${path}`)
  await at(page, 'username').fill(username)
  await at(page, 'password').fill(password)
  await solveCaptcha(page, world)
  await at(page, 'sign-in').click()
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
}
