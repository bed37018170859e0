// Reports: what they show, how one goes down to a class, what is exported, and what can go wrong.
import { describe, expect, it } from 'vitest'
import { at, jumps, shot } from './browser'
import { enterConsole } from './console_steps'
import { screensOf, useBrowser, useDesk } from './desk'

const browser = useBrowser()
const screens = screensOf(['1024', '1440-dark'], ['390', '1440', '1024-dark', '390-dark'])

describe.each(screens)('reports %s', (name, screen) => {
  const { mock, page: tab, look } = useDesk(browser, 'console', name, screen, true)

  it('fees', async () => {
    const page = tab()
    await enterConsole(page, { name: 'wang', path: 'reports' })
    await at(page, 'fee-row').first().waitFor()
    await look('fees')
    await shot(page, `console-fees-whole-${name}`, true)
    await page.goto('/console/reports?by=class&college=管理工程学院&major=大数据与会计')
    await at(page, 'crumb-0').waitFor()
    await look('fees-classes')
    await page.goto('/console/reports?college=没有的学院')
    await at(page, 'none').waitFor()
    await look('fees-none')
  })

  it('money along time and by what it was for', async () => {
    const page = tab()
    const { ago } = mock().office.close
    await page.goto(`/console/reports?tab=money&from=${ago(29)}&until=${ago(0)}`)
    await at(page, 'money-row').nth(20).waitFor()
    await look('money')
    await page.goto(`/console/reports?tab=money&by=hour&from=${ago(1)}&until=${ago(1)}`)
    await at(page, 'money-row').nth(20).waitFor()
    await look('money-hours')
    await at(page, 'by-item').click()
    await page.getByText('未归入项目').waitFor()
    await look('money-items')
    await page.goto(`/console/reports?tab=money&from=${ago(0)}&until=${ago(9)}`)
    await at(page, 'span-fault').waitFor()
    await look('money-fault')
  })

  it('the day of a cashier', async () => {
    const page = tab()
    await page.goto(`/console/reports?tab=cashier&day=${mock().office.close.ago(1)}`)
    await at(page, 'money-row').nth(6).waitFor()
    await look('cashier')
    await page.emulateMedia({ media: 'print' })
    await page.getByText('复核').waitFor()
    await shot(page, `console-cashier-print-${name}`, true)
    await page.emulateMedia({ media: 'screen' })
  })

  it('who owes', async () => {
    const page = tab()
    await page.goto('/console/reports?tab=debts')
    await at(page, 'debtor').first().waitFor()
    await at(page, 'debts-sum').getByText('名学生欠费').waitFor()
    await look('debts')
    await page.emulateMedia({ media: 'print' })
    await shot(page, `console-debts-print-${name}`, true)
    await page.emulateMedia({ media: 'screen' })
    mock().office.books.bills.forEach((bill) => (bill.owed_fen = 0))
    await page.reload()
    await at(page, 'none').waitFor()
    await look('debts-none')
  })

  it('an export under way and done', async () => {
    const page = tab()
    mock().office.close.hold = true
    await page.goto('/console/reports')
    await at(page, 'fee-row').first().waitFor()
    await at(page, 'export').click()
    await at(page, 'job').waitFor()
    await look('export')
    mock().office.close.hold = false
    await at(page, 'job-download').waitFor()
    await look('export-done')
    await page.goto('/console/jobs')
    await at(page, 'job-row').first().waitFor()
    // The kind of file is written in Latin letters.
    await shot(page, `console-jobs-done-${name}`)
  })

  it('stands still while it is being filled', async () => {
    const page = tab()
    mock().world.switches.delay_ms = 300
    for (const [path, filled] of [
      ['reports', 'fee-row'],
      ['reports?tab=money', 'money-row'],
      ['reports?tab=debts', 'none'],
    ] as const) {
      await page.goto(`/console/${path}`)
      await at(page, filled).first().waitFor()
      expect(await jumps(page), path).toBeLessThan(0.05)
    }
    mock().world.switches.delay_ms = 0
  })

  it('cannot be read', async () => {
    const page = tab()
    const busy = { status: 503, code: 'busy', message: '当前访问人数较多，请稍后再试' }
    mock().world.switches.refuse = { 'POST /console/reports/*': busy }
    for (const part of ['fees', 'money', 'cashier', 'debts']) {
      await page.goto(`/console/reports?tab=${part}`)
      await at(page, 'retry').waitFor()
      await look(`${part}-failure`)
    }
    mock().world.switches.refuse = {}
    await at(page, 'retry').click()
    await at(page, 'none').waitFor()
  })
})

describe('reading reports', () => {
  const { mock, page: tab } = useDesk(browser, 'console', 'steps', { width: 1280, height: 860 })
  const heard = (name: string) => mock().heard.filter((one) => one.name === name)

  it('leads by keyboard from a college down to who owes in a class, and Back leads up', async () => {
    const page = tab()
    await enterConsole(page, { name: 'wang', path: 'reports' })
    await at(page, 'fee-row').first().waitFor()
    for (const by of ['major', 'class']) {
      await at(page, 'fee-row').first().getByRole('button').focus()
      await page.keyboard.press('Enter')
      await page.locator(`[data-testid=by-${by}][aria-pressed=true]`).waitFor()
      await expect.poll(() => at(page, 'fee-row').count()).toBe(2)
    }
    const own = await at(page, 'fee-row').first().getByRole('button').innerText()
    await at(page, 'fee-row').first().click()
    await page.waitForURL((url) => url.searchParams.get('tab') === 'debts')
    await expect.poll(() => at(page, 'debt-class').count()).toBe(1)
    expect(await at(page, 'debt-class').innerText()).toContain(own.trim())
    const [sum = ''] = /[\d,]+\.\d\d/.exec(await at(page, 'debts-sum').innerText()) ?? []
    expect(await at(page, 'debt-class').locator('.debt-all').innerText()).toContain(sum)
    await page.goBack()
    await page.locator('[data-testid=by-class][aria-pressed=true]').waitFor()
    await at(page, 'crumb-0').click()
    await page.locator('[data-testid=by-college][aria-pressed=true]').waitFor()
    await expect.poll(() => at(page, 'fee-row').count()).toBe(5)
  })

  it('adds up to what the table says', async () => {
    const page = tab()
    await page.goto('/console/reports?by=item')
    await expect.poll(() => at(page, 'fee-row').count()).toBe(2)
    const column = async (at: number) => {
      const texts = await page
        .locator(`[data-testid=fees] tbody td:nth-child(${at})`)
        .allInnerTexts()
      return texts.reduce((sum, text) => sum + Number(text.replace(/\D/g, '')), 0)
    }
    const foot = await page.locator('[data-testid=fees] tfoot td').allInnerTexts()
    expect(Number(foot[1]?.replace(/\D/g, ''))).toBe(await column(3))
    expect((await column(4)) + (await column(5))).toBe(await column(3))
    expect(await page.locator('.bars').getAttribute('aria-label')).toContain('数据见下表')
  })

  it('exports once for one wish, whatever happens to the answer, and lets the file be fetched', async () => {
    const page = tab()
    mock().heard.length = 0
    mock().world.switches.refuse = { 'POST /console/exports/fees': 'cut' }
    await at(page, 'export').click()
    await at(page, 'job-problem').waitFor()
    mock().world.switches.refuse = {}
    await at(page, 'export').click()
    await at(page, 'job-download').waitFor()
    const ids = () =>
      new Set(heard('POST /console/exports/fees').map(({ body }) => body.request_id))
    expect(ids().size).toBe(1)
    expect(heard('POST /console/exports/fees').every(({ body }) => body.by === 'item')).toBe(true)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      at(page, 'job-download').click(),
    ])
    expect(file.suggestedFilename()).toMatch(/^收费情况-.*\.xlsx$/)
    await at(page, 'job-away').click()
    expect(await at(page, 'job').count()).toBe(0)
    await at(page, 'export').click()
    await expect.poll(() => ids().size).toBe(2)
  })

  it('a lost answer to one question is no answer to the next', async () => {
    const page = tab()
    mock().world.switches.refuse = { 'POST /console/exports/money': 'cut' }
    await page.goto('/console/reports?tab=money')
    await at(page, 'export').click()
    await at(page, 'job-problem').waitFor()
    mock().world.switches.refuse = {}
    await at(page, 'by-channel').click()
    await at(page, 'export').click()
    await at(page, 'job-download').waitFor()
    const sent = heard('POST /console/exports/money').map(({ body }) => body)
    const [first, last] = [sent[0], sent[sent.length - 1]]
    expect(first?.by).toBe('day')
    expect(last?.by).toBe('channel')
    expect(last?.request_id).not.toBe(first?.request_id)
  })

  it('says that too much is under way, and why an export failed', async () => {
    const page = tab()
    const { close } = mock().office
    mock().world.switches.refuse = {
      'POST /console/exports/debts': {
        ...{ status: 409, code: 'too_many_jobs' },
        message: '您还有几项任务没有完成，请稍后再试',
      },
    }
    await page.goto('/console/reports?tab=debts')
    await at(page, 'debtor').first().waitFor()
    await at(page, 'export').click()
    await page.getByText('您还有几项任务没有完成').waitFor()
    mock().world.switches.refuse = {}
    close.fail = '磁盘空间不足，请联系技术负责人'
    await at(page, 'export').click()
    await page.locator('[data-testid=job][data-state=failed]').getByText('磁盘空间不足').waitFor()
    close.fail = undefined
  })

  it('tells elsewhere that an export has ended', async () => {
    const page = tab()
    const { close } = mock().office
    close.hold = true
    await at(page, 'export').click()
    await at(page, 'jobs-light').waitFor()
    await at(page, 'block-me').click()
    await at(page, 'session').first().waitFor()
    close.hold = false
    await at(page, 'toasts').getByText('导出欠费名单已完成').waitFor()
    await at(page, 'jobs-light').waitFor({ state: 'detached' })
  })

  it('a job can be given up in the list', async () => {
    const page = tab()
    const { close } = mock().office
    await page.goto('/console/reports')
    await at(page, 'fee-row').first().waitFor()
    close.hold = true
    await at(page, 'export').click()
    await at(page, 'jobs-light').click()
    await at(page, 'job-cancel').click()
    await at(page, 'job-row').first().getByText('已取消').waitFor()
    close.hold = false
  })

  it('reads all of a list before it is printed, each student whole', async () => {
    const page = tab()
    await page.goto('/console/reports?tab=debts')
    await at(page, 'more').waitFor()
    const before = await at(page, 'debtor').count()
    await page.evaluate(() => {
      window.print = () => document.body.setAttribute('data-printed', 'yes')
    })
    await at(page, 'print').click()
    await page.locator('body[data-printed=yes]').waitFor()
    expect(await at(page, 'debtor').count()).toBeGreaterThan(before)
    const all = mock().office.books.bills.filter((bill) => bill.owed_fen > 0)
    const students = new Set(all.map((bill) => bill.student_no)).size
    expect(await at(page, 'debtor').count()).toBe(students)
    expect(await at(page, 'count').innerText()).toContain(`共 ${students} 名`)
    expect(await page.locator('body').innerText()).not.toMatch(/\d{17}[\dX]/)
  })

  it('the address holds what is looked at, and no name', async () => {
    const page = tab()
    await page.goto('/console/reports?tab=money&by=hour')
    await at(page, 'span-昨天').click()
    const { ago } = mock().office.close
    await page.waitForURL((url) => url.searchParams.get('from') === ago(1))
    await page.reload()
    await at(page, 'money-row').nth(23).waitFor()
    expect(await at(page, 'money-row').count()).toBe(24)
  })

  it('an admin reads fees and debts, and no money', async () => {
    const page = tab()
    await at(page, 'sign-out').click()
    await at(page, 'name').waitFor()
    await enterConsole(page, { name: 'li', path: 'reports?tab=money' })
    await at(page, 'fee-row').first().waitFor()
    expect(await at(page, 'tab-money').count()).toBe(0)
    expect(await at(page, 'tab-cashier').count()).toBe(0)
    await at(page, 'tab-debts').click()
    await at(page, 'debtor').first().waitFor()
    expect(heard('POST /console/reports/money').every(({ body }) => body.by)).toBe(true)
  })
})
