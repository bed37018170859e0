// Every page of the console at several widths, light and dark.
import { describe, expect, it } from 'vitest'
import { at, jumps, shot } from './browser'
import { enterConsole, leaveConsole, refundFile } from './console_steps'
import { screensOf, useBrowser, useDesk } from './desk'
import { initialPassword } from './office.mjs'

const browser = useBrowser()
const screens = screensOf(['1024', '1440-dark', '390'], ['1440', '1024-dark', '390-dark', '3840'])

describe.each(screens)('console %s', (name, screen) => {
  const { mock, page: tab, look } = useDesk(browser, 'console', name, screen, true)

  it('sign-in, and why it is needed again', async () => {
    const page = tab()
    await page.goto('/console/')
    await at(page, 'code').waitFor()
    await look('sign-in')
    await at(page, 'sign-in').click()
    await look('sign-in-faults')
    await page.goto('/console/sign-in?back=/audit&why=ended')
    await at(page, 'ended').waitFor()
    await look('sign-in-ended')
  })

  it('the first time', async () => {
    const page = tab()
    await page.goto('/console/')
    await at(page, 'name').fill('zhou')
    await at(page, 'password').fill(initialPassword)
    await at(page, 'sign-in').click()
    await at(page, 'qr').waitFor()
    await look('setup')
    await at(page, 'new_password').fill('zhou')
    await at(page, 'send').click()
    await look('setup-faults')
    await at(page, 'sign-out').click()
    await at(page, 'name').waitFor()
  })

  it('home, and the keys', async () => {
    const page = tab()
    await enterConsole(page)
    await at(page, 'hello').waitFor()
    await look('home')
    await page.keyboard.press('?')
    await at(page, 'keys-sheet').waitFor()
    // Keys are letters.
    await shot(page, `console-keys-${name}`)
    await page.keyboard.press('Escape')
    if (name === '390') {
      await at(page, 'menu').click()
      await look('menu')
    }
  })

  it('operators', async () => {
    const page = tab()
    await page.goto('/console/operators')
    await at(page, 'row').first().waitFor()
    await shot(page, `console-operators-${name}`)
    await look('operators')
    await page.getByRole('button', { name: 'wang', exact: true }).click()
    await at(page, 'session').first().or(at(page, 'no-session')).waitFor()
    await look('operator')
    await at(page, 'reset').click()
    await at(page, 'confirm-dialog').waitFor()
    await look('operator-confirm')
    await at(page, 'confirm-no').click()
    await at(page, 'change').click()
    await at(page, 'some').check()
    await at(page, 'college').first().waitFor()
    await look('operator-change')
    await at(page, 'dialog-close').click()
    await at(page, 'panel-close').click()
    await at(page, 'add').click()
    await at(page, 'send').click()
    await look('operator-add')
    await at(page, 'dialog-close').click()
    await at(page, 'tab-sessions').click()
    await at(page, 'row').first().waitFor()
    await look('sessions')
  })

  it('the initial password is told', async () => {
    const page = tab()
    await page.goto('/console/operators')
    await at(page, 'add').click()
    await at(page, 'name').fill(`new-${name}`.slice(0, 12))
    await at(page, 'display_name').fill('新同事')
    await at(page, 'send').click()
    await at(page, 'told').waitFor()
    await shot(page, `console-told-${name}`)
    await at(page, 'told-close').click()
  })

  it('audit and its chain', async () => {
    const page = tab()
    await page.goto('/console/audit')
    await at(page, 'row').first().waitFor()
    await look('audit')
    await at(page, 'row').nth(3).getByRole('button').click()
    await at(page, 'audit-row').waitFor()
    await shot(page, `console-audit-row-${name}`)
    await page.keyboard.press('Escape')
    await at(page, 'walk').click()
    await at(page, 'verdict').waitFor()
    await look('chain')
    mock().office.broken_at = 77
    await at(page, 'walk-again').click()
    await page.locator('[data-verdict=broken]').waitFor()
    await look('chain-broken')
    await at(page, 'chain-close').click()
    await page.emulateMedia({ media: 'print' })
    await shot(page, `console-audit-print-${name}`)
    await page.emulateMedia({ media: 'screen' })
  })

  it('the own account', async () => {
    const page = tab()
    await page.goto('/console/me')
    await at(page, 'session').first().waitFor()
    await look('me')
    await at(page, 'change-password').click()
    await at(page, 'send').click()
    await look('me-password')
    await at(page, 'dialog-close').click()
  })

  it('orders, and one order’s life', async () => {
    const page = tab()
    await leaveConsole(page)
    await enterConsole(page, { name: 'wang', path: 'orders' })
    await at(page, 'row').first().waitFor()
    await at(page, 'sums').waitFor()
    await look('orders')
    await at(page, 'filter-more').click()
    await look('orders-filters')
    await at(page, 'searches').click()
    await page.getByText('还没有常用查询').waitFor()
    await look('orders-searches')
    await page.keyboard.press('Escape')
    await page.locator('.door').nth(1).click()
    await at(page, 'life').waitFor()
    await at(page, 'ask-wechat').click()
    await at(page, 'word').waitFor()
    await look('order')
    await at(page, 'life').scrollIntoViewIfNeeded()
    await shot(page, `console-order-life-${name}`)
    await at(page, 'ask-refund').click()
    await at(page, 'reason_code').selectOption('mistake')
    await look('order-refund')
    await page.keyboard.press('Escape')
    await page.goto('/console/orders?tab=lookup')
    await at(page, 'numbers').fill(`2024010115\n没有这个`)
    await at(page, 'look').click()
    await at(page, 'not-found').waitFor()
    await look('orders-lookup')
  })

  it('refunds, lots of them, and a leaver', async () => {
    const page = tab()
    await page.goto('/console/refunds')
    await at(page, 'row').first().waitFor()
    await look('refunds')
    await page.locator('.door').first().click()
    await at(page, 'act-release').waitFor()
    await look('refund')
    await at(page, 'act-reject').click()
    await at(page, 'confirm-yes').click()
    await look('refund-reject')
    await page.keyboard.press('Escape')
    await page.goto('/console/refunds?tab=batches')
    await at(page, 'by-file').click()
    await at(page, 'file').setInputFiles(refundFile(mock(), '九月.csv', ['没有这个,1,错']))
    await at(page, 'checked').waitFor()
    await look('refund-file-faults')
    await at(page, 'file').setInputFiles(refundFile(mock(), '九月.csv'))
    await page.getByText('全部可以退款').waitFor()
    await look('refund-file')
    await at(page, 'reason_code').selectOption('overcharged')
    await at(page, 'send').click()
    await at(page, 'batch-rows').waitFor()
    await look('refund-batch')
    await page.goto('/console/refunds?tab=leaver')
    await at(page, 'student_no').fill('2024010120')
    await at(page, 'figure').click()
    await at(page, 'figures').waitFor()
    await look('leaver')
  })

  it('stands still while it is being filled', async () => {
    const page = tab()
    await leaveConsole(page)
    await enterConsole(page)
    mock().world.switches.delay_ms = 300
    for (const [path, filled] of [
      ['', 'hello'],
      ['operators', 'row'],
      ['audit', 'row'],
      ['me', 'session'],
    ] as const) {
      await page.goto(`/console/${path}`)
      await at(page, filled).first().waitFor()
      expect(await jumps(page), path).toBeLessThan(0.05)
    }
    mock().world.switches.delay_ms = 0
  })

  it('nothing there, and nothing to be read', async () => {
    const page = tab()
    const { world, office } = mock()
    world.switches.refuse = { 'GET /console/audit': 'hang' }
    await page.goto('/console/audit')
    await page.locator('.grid-bones').waitFor()
    await look('waiting')
    world.switches.refuse = {
      'GET /console/audit': { status: 503, code: 'busy', message: '当前访问人数较多，请稍后再试' },
    }
    await page.goto('/console/audit')
    await at(page, 'retry').waitFor()
    await look('failure')
    world.switches.refuse = { 'GET /console/session': 'cut' }
    await page.goto('/console/')
    await at(page, 'retry').waitFor()
    await look('opening-failed')
    world.switches.refuse = {}
    office.audit.length = 0
    await page.goto('/console/audit')
    await at(page, 'none').waitFor()
    await look('empty')
    await page.goto('/console/audit?what=refund.')
    await at(page, 'none').waitFor()
    await look('no-match')
  })
})
