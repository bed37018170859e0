// The daily close: the month, one day, what can go wrong on the way to closing it, and the operator's jobs.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { at, jumps, shot } from './browser'
import { enterConsole } from './console_steps'
import { screensOf, useBrowser, useDesk } from './desk'

const browser = useBrowser()
const screens = screensOf(['1024', '1440-dark'], ['390', '1440', '1024-dark', '390-dark'])

const state = (page: Page, word: string) =>
  page.locator('[data-testid=verdict] .verdict-word', { hasText: word }).waitFor()

describe.each(screens)('daily close %s', (name, screen) => {
  const { mock, page: tab, look } = useDesk(browser, 'console', name, screen)

  it('month, days in every state', async () => {
    const page = tab()
    const { close } = mock().office
    await enterConsole(page, { name: 'wang', path: 'days' })
    await at(page, 'month-sums').getByText('未对账').waitFor()
    await look('days')
    await page.goto(`/console/days?month=${close.ago(9).slice(0, 7)}`)
    await page.locator('[data-state=closed]').first().waitFor()
    await look('days-closed')
    for (const [back, word, picture] of [
      [0, '还没有结束', 'today'],
      [1, '未对账', 'unseen'],
      [2, '未对账', 'trouble'],
      [3, '已平', 'cut'],
      [4, '有差异', 'differs'],
      [8, '已平', 'ready'],
      [9, '已结账', 'closed'],
    ] as const) {
      await page.goto(`/console/days?day=${close.ago(back)}`)
      await at(page, 'sides').first().waitFor()
      await state(page, word)
      await look(`day-${picture}`)
    }
    expect(await at(page, 'hash').first().innerText()).toMatch(/^[0-9a-f]{64}$/)
  })

  it('questions', async () => {
    const page = tab()
    await page.goto(`/console/days?day=${mock().office.close.ago(4)}`)
    await at(page, 'fix').first().click()
    await at(page, 'confirm-dialog').waitFor()
    await look('day-fix')
    await at(page, 'confirm-no').click()
    await at(page, 'explain').first().click()
    await at(page, 'confirm-yes').click()
    await page.getByText('请填写说明').waitFor()
    await look('day-explain')
    await at(page, 'confirm-no').click()
    await page.goto(`/console/days?day=${mock().office.close.ago(8)}`)
    await at(page, 'finish').click()
    await at(page, 'confirm-dialog').waitFor()
    await look('day-close')
    await at(page, 'confirm-no').click()
  })

  it('the sheet on paper', async () => {
    const page = tab()
    for (const back of [4, 9]) {
      await page.goto(`/console/days?day=${mock().office.close.ago(back)}`)
      await at(page, 'sides').first().waitFor()
      await page.emulateMedia({ media: 'print' })
      await page.getByText('复核').waitFor()
      expect(await at(page, 'run').isVisible()).toBe(false)
      const ink = await page
        .locator('.day-title')
        .evaluate((title) => getComputedStyle(title).color)
      expect(ink).toBe('rgb(0, 0, 0)')
      await shot(page, `console-day-print-${back}-${name}`, true)
      await page.emulateMedia({ media: 'screen' })
    }
  })

  it('stands still while it is being filled', async () => {
    const page = tab()
    mock().world.switches.delay_ms = 300
    for (const [path, filled] of [
      ['days', '.sum-chip'],
      [`days?day=${mock().office.close.ago(8)}`, '[data-testid=sides]'],
      ['jobs', '[data-testid=none]'],
    ] as const) {
      await page.goto(`/console/${path}`)
      await page.locator(filled).first().waitFor()
      expect(await jumps(page), path).toBeLessThan(0.05)
    }
    mock().world.switches.delay_ms = 0
  })

  it('jobs', async () => {
    const page = tab()
    const { close } = mock().office
    await page.goto('/console/jobs')
    await at(page, 'none').waitFor()
    await look('jobs-none')
    close.hold = true
    await page.goto(`/console/days?day=${close.ago(1)}`)
    await at(page, 'run').click()
    await state(page, '正在对账')
    await at(page, 'jobs-light').waitFor()
    await look('day-running')
    await at(page, 'jobs-light').click()
    await at(page, 'job-row').first().waitFor()
    close.hold = false
    close.fail = '微信没有回答，请稍后再对账'
    await page.locator('[data-state=failed]').first().waitFor()
    close.fail = undefined
    await look('jobs')
  })

  it('cannot be read', async () => {
    const page = tab()
    const busy = { status: 503, code: 'busy', message: '当前访问人数较多，请稍后再试' }
    mock().world.switches.refuse = { 'GET /console/days*': busy, 'GET /console/jobs': busy }
    for (const path of ['days', `days?day=${mock().office.close.ago(8)}`, 'jobs']) {
      await page.goto(`/console/${path}`)
      await at(page, 'retry').waitFor()
      await look(`${path.replace(/\?.*/, '-one')}-failure`)
    }
    mock().world.switches.refuse = {}
    await at(page, 'retry').click()
    await at(page, 'job-row').or(at(page, 'none')).first().waitFor()
  })
})

describe('closing days', () => {
  const { mock, page: tab } = useDesk(browser, 'console', 'steps', { width: 1280, height: 860 })
  const heard = (part: string) => mock().heard.filter(({ name }) => name.includes(part))

  it('moves by keyboard over days and months, and comes back to the day', async () => {
    const page = tab()
    const { close } = mock().office
    await enterConsole(page, { name: 'wang', path: `days?month=${close.today.slice(0, 7)}` })
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-day'))
    await page.locator(`[data-day="${close.today}"]`).focus()
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe(close.today)
    for (let back = 1; back <= 9; back++) {
      await page.keyboard.press('ArrowLeft')
      await page.locator(`[data-day="${close.ago(back)}"]:focus`).waitFor()
    }
    await page.keyboard.press('ArrowUp')
    await page.locator(`[data-day="${close.ago(16)}"]:focus`).waitFor()
    await page.keyboard.press('Enter')
    await at(page, 'closed').waitFor()
    await page.keyboard.press('Escape')
    await page.locator(`[data-day="${close.ago(16)}"]:focus`).waitFor()
    await page.keyboard.press('PageUp')
    expect(await at(page, 'month').innerText()).not.toBe('')
    await at(page, 'month-now').click()
    expect(await at(page, 'month-after').isDisabled()).toBe(true)
  })

  it('closes a balanced day with one press and one question', async () => {
    const page = tab()
    const { close } = mock().office
    await page.goto(`/console/days?day=${close.ago(7)}`)
    await at(page, 'finish').click()
    await at(page, 'confirm-yes').click()
    // An earlier one has to be closed first: the server's sentence, and the way there.
    await page.getByText(`请先结账较早的一天：${close.ago(8)}`).waitFor()
    await at(page, 'other-day').click()
    await page.waitForURL((url) => url.searchParams.get('day') === close.ago(8))
    await at(page, 'finish').click()
    mock().world.switches.refuse = { [`POST /console/days/${close.ago(8)}/close`]: 'cut' }
    await at(page, 'confirm-yes').click()
    await page.getByText('没有收到回复').waitFor()
    mock().world.switches.refuse = {}
    await at(page, 'confirm-yes').click()
    await at(page, 'closed').getByText('王晓梅').waitFor()
    expect(await at(page, 'run').count()).toBe(0)
    expect(await at(page, 'sealed').first().innerText()).toContain('91,204')
  })

  it('tells who was first', async () => {
    const page = tab()
    const { close } = mock().office
    await page.goto(`/console/days?day=${close.ago(7)}`)
    await at(page, 'finish').click()
    for (const one of close.days.get(close.ago(7))?.merchants ?? [])
      Object.assign(one, {
        ...{ state: 'closed', closed_by: '赵敏', closed_at: Date.now() },
        ...{ closed_seq: 7, closed_hash: 'ab'.repeat(32) },
      })
    await at(page, 'confirm-yes').click()
    await at(page, 'toasts').getByText('赵敏 已先结了这一天').waitFor()
  })

  it('settles differences, also those that somebody else has settled', async () => {
    const page = tab()
    const { close } = mock().office
    await page.goto(`/console/days?day=${close.ago(4)}`)
    const one = (number: number) => page.locator(`[data-number="${number}"]`)
    await one(1).getByTestId('fix').click()
    await at(page, 'confirm-yes').click()
    await page.locator('[data-number="1"][data-state=resolved]').waitFor()
    expect(await one(2).getByTestId('fix').count()).toBe(0)
    await one(2).getByTestId('explain').click()
    await at(page, 'reason').fill('学生分两次付，已查明')
    await at(page, 'confirm-yes').click()
    await one(2).getByText('学生分两次付，已查明').waitFor()
    await one(3).getByTestId('explain').click()
    const known = close.days.get(close.ago(4))?.differences.find(({ number }) => number === 3)
    Object.assign(known ?? {}, {
      ...{ state: 'resolved', resolution: 'day_cut', decided_by: '赵敏', decided_at: Date.now() },
    })
    await at(page, 'reason').fill('次日已到')
    await at(page, 'confirm-yes').click()
    await at(page, 'toasts').getByText('赵敏 已先处理了这处差异').waitFor()
    await state(page, '已平')
    expect(heard('/fix')).toHaveLength(1)
  })

  it('says why a difference cannot be settled, and shows it as it is', async () => {
    const page = tab()
    const { close, ago } = { ...mock().office, ago: mock().office.close.ago }
    const day = ago(6)
    const known = close.days.get(day)
    const sample = close.days.get(ago(4))?.differences[0]
    if (!known || !sample) throw new Error('no such day')
    known.merchants.forEach((merchant) => (merchant.state = 'differs'))
    known.differences = [{ ...sample, state: 'open', number: 1 }]
    await page.goto(`/console/days?day=${day}`)
    mock().world.switches.refuse = {
      [`POST /console/days/${day}/differences/1/fix`]: {
        ...{ status: 409, code: 'day_not_mended', message: '账单中没有这一行了，请再对一次账' },
      },
    }
    await at(page, 'fix').click()
    await at(page, 'confirm-yes').click()
    await page.getByText('账单中没有这一行了，请再对一次账').waitFor()
    mock().world.switches.refuse = {}
    await at(page, 'confirm-no').click()
    expect(await at(page, 'fix').isEnabled()).toBe(true)
  })

  it('compares a day again, once for one press, and follows it to its end', async () => {
    const page = tab()
    const { close } = mock().office
    const day = close.ago(1)
    mock().heard.length = 0
    await page.goto(`/console/days?day=${day}`)
    mock().world.switches.refuse = { [`POST /console/days/${day}/run`]: 'cut' }
    await at(page, 'run').click()
    await at(page, 'run-problem').waitFor()
    mock().world.switches.refuse = {}
    await at(page, 'run').click()
    await state(page, '已平')
    await page.locator('[data-testid=job][data-state=done]').waitFor()
    const ids = heard(`/${day}/run`).map(({ body }) => body.request_id)
    // The browser itself may try a cut connection again.
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(1)
    // The next press is another wish.
    await at(page, 'run').click()
    await expect
      .poll(() => new Set(heard(`/${day}/run`).map(({ body }) => body.request_id)).size)
      .toBe(2)
  })

  it('a run of somebody else is waited for', async () => {
    const page = tab()
    const { close } = mock().office
    const known = close.days.get(close.ago(3))
    if (!known) throw new Error('no such day')
    known.busy = true
    await page.goto(`/console/days?day=${close.ago(3)}`)
    await state(page, '正在对账')
    expect(await at(page, 'run').isDisabled()).toBe(true)
    known.busy = false
    await state(page, '已平')
  })

  it('a comparison can be given up, and one that failed says why', async () => {
    const page = tab()
    const { close } = mock().office
    close.hold = true
    await page.goto(`/console/days?day=${close.ago(2)}`)
    await at(page, 'run').click()
    await at(page, 'job-cancel').click()
    await page.locator('[data-testid=job][data-state=cancelled]').waitFor()
    close.hold = false
    const known = close.days.get(close.ago(2))
    if (known) known.busy = false
    close.fail = '微信的账单尚未生成，请于上午十点后再试'
    await page.reload()
    await at(page, 'run').click()
    await page.locator('[data-testid=job][data-state=failed]').getByText('上午十点后再试').waitFor()
    close.fail = undefined
  })

  it('without a network says so and finds its way back', async () => {
    const page = tab()
    const { close } = mock().office
    await page.goto(`/console/days?day=${close.ago(9)}`)
    await at(page, 'closed').waitFor()
    await page.context().setOffline(true)
    await page.getByText('网络已断开').first().waitFor()
    await at(page, 'day-before').click()
    await at(page, 'retry').waitFor()
    await page.context().setOffline(false)
    await at(page, 'closed').waitFor()
  })

  it('downloads what WeChat sent', async () => {
    const page = tab()
    const { close } = mock().office
    await page.goto(`/console/days?day=${close.ago(5)}`)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      at(page, 'bill-trade').first().click(),
    ])
    expect(file.suggestedFilename()).toBe(`${close.ago(5)}-1900000109-trade.csv.gz`)
    expect(await at(page, 'bill-trade').nth(1).innerText()).toContain('当日无账单')
  })

  it('an auditor looks and can press nothing', async () => {
    const page = tab()
    const { close } = mock().office
    await at(page, 'sign-out').click()
    await at(page, 'name').waitFor()
    await enterConsole(page, { name: 'qian', path: `days?day=${close.ago(6)}` })
    await at(page, 'difference').first().waitFor()
    for (const button of ['run', 'finish', 'fix', 'explain'])
      expect(await at(page, button).count(), button).toBe(0)
    expect(await at(page, 'bill-trade').first().isVisible()).toBe(true)
  })
})
