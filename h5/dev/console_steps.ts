// Steps through the console that several page tests take.
import type { Page } from 'playwright-core'
import { at } from './browser'
import type { Mock } from './desk'
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

export async function leaveConsole(page: Page): Promise<void> {
  await page.goto('/console/')
  await at(page, 'sign-out').click()
  await at(page, 'code').waitFor()
}

/** A file of refunds: half of two paid orders that nothing has gone back of, and these lines. */
export function refundFile(mock: Mock, name: string, more: string[] = []) {
  const { orders, refunds } = mock.treasury
  const whole = orders.filter(
    (one) => one.state === 'paid' && !refunds.some((refund) => refund.order_no === one.order_no),
  )
  const lines = whole
    .slice(0, 2)
    .map((one) => `${one.order_no},${(one.amount_fen / 200).toFixed(2)},多收退回`)
  const text = ['订单号,金额,原因', ...lines, ...more].join('\n')
  return { name, mimeType: 'text/csv', buffer: Buffer.from(text) }
}
