// 请家人代付 at a desk: a link is made, scanned or copied, paid by somebody else, looked after, taken back.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, everyKind, expectDecent, launch, openTab, shot, type Phone, type Tab } from './browser'
import { focused, tabTo } from './keys'
import { screensOf } from './desk'
import { startMock } from './mock.mjs'
import { familyLinks } from './papers.mjs'
import { enterPortal } from './portal'

let browser: Browser
let mock: Awaited<ReturnType<typeof startMock>>
let tabs: Tab[] = []
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
beforeEach(async () => {
  mock = await startMock()
})
afterEach(async () => {
  for (const tab of tabs) {
    expect(tab.faults).toEqual([])
    await tab.close()
  }
  tabs = []
  mock.close()
})

async function open(phone: Phone): Promise<Tab> {
  const tab = await openTab(browser, mock.address, phone)
  tabs.push(tab)
  return tab
}
const desk: Phone = { width: 1280, height: 900, wechat: false }
const heard = (name: string) => mock.heard.filter((call) => call.name === name)
const newestLink = () => familyLinks(mock.world)[0]!

async function atDesk(path = '', username = '2024010123'): Promise<Page> {
  const { page } = await open(desk)
  await enterPortal(page, mock.world, { path, username })
  return page
}

/** As far as the code, over what is ticked. */
async function made(): Promise<Page> {
  const page = await atDesk()
  await at(page, 'to-family-new').click()
  await at(page, 'family-make').click()
  await at(page, 'family-share').waitFor()
  return page
}

describe('a family link', () => {
  it('is made from the fees, scanned, paid, and the desk turns by itself', async () => {
    const page = await atDesk()
    await at(page, 'to-family-new').click()
    await at(page, 'pick-103').uncheck()
    await at(page, 'pick-081').uncheck()
    expect(await at(page, 'family-total').innerText()).toContain('8,200.00')
    await at(page, 'hours-72').check()
    await at(page, 'message').fill('妈妈，谢谢')
    await at(page, 'family-make').dblclick()
    await at(page, 'family-share').waitFor()
    expect(heard('POST /family-links').map((call) => call.body)).toEqual([
      { bill_ids: ['101', '102'], total_fen: 820000, hours: 72, message: '妈妈，谢谢' },
    ])
    expect(new URL(page.url()).pathname).toBe('/portal/family')
    expect(await at(page, 'family-name').innerText()).toBe('张*同')
    expect(await at(page, 'family-total').innerText()).toContain('8,200.00')
    expect(await at(page, 'family-until').innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/)

    const address = (await at(page, 'qr').getAttribute('data-text'))!
    expect(address).toMatch(new RegExp(`^${mock.address}/h5/family/[\\w-]{43}$`))
    expect(await at(page, 'family-link').inputValue()).toBe(address)
    const mother = await open({ width: 390, height: 780 })
    await mother.page.goto(address)
    expect(await at(mother.page, 'family-message').innerText()).toBe('妈妈，谢谢')
    await at(mother.page, 'family-pay').click()
    await expect.poll(() => at(mother.page, 'family-word').innerText()).toBe('支付成功')

    await at(page, 'family-over').waitFor()
    expect(await at(page, 'family-state').innerText()).toBe('家人已支付')
    expect(await at(page, 'qr').count()).toBe(0)
    await at(page, 'to-fees').click()
    await expect.poll(() => at(page, 'bill').count()).toBe(4)
    // The secret has been in no request's address.
    expect(mock.heard.map((call) => call.name).join('\n')).not.toContain(newestLink().token)
  })

  it('is made in the place of paying, over what was about to be paid', async () => {
    const page = await atDesk('tuition', everyKind)
    await at(page, 'next').click()
    await at(page, 'receiver-1').click()
    const merchant = await at(page, 'merchant').innerText()
    const lines = await at(page, 'line').count()
    await at(page, 'to-family-new').click()
    await at(page, 'family-make').click()
    await at(page, 'family-share').waitFor()
    expect(heard('POST /family-links')[0]!.body.bill_ids).toHaveLength(lines)
    expect(await page.locator('.summary').innerText()).toContain(merchant)
    // Back leads to where one came from, and not to making a second one.
    await page.goBack()
    await at(page, 'confirm').waitFor()
  })

  it('is over one receiver’s bills, who is asked for', async () => {
    const page = await atDesk('family-new', everyKind)
    await at(page, 'several-receivers').waitFor()
    await at(page, 'family-make').click()
    await at(page, 'receiver-0').click()
    await at(page, 'family-share').waitFor()
    const { body } = heard('POST /family-links')[0]!
    const merchants = mock.world.bills
      .filter((bill) => body.bill_ids.includes(bill.bill_id))
      .map((bill) => bill.merchant_name)
    expect(new Set(merchants).size).toBe(1)
  })

  it('is copied, and the page says so, or how to do it by hand', async () => {
    const page = await made()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await at(page, 'family-copy').click()
    await page.getByText('链接已复制').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      await at(page, 'family-link').inputValue(),
    )
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('no'))
      document.execCommand = () => false
    })
    await at(page, 'family-copy').click()
    await page.getByText('没有复制成功').waitFor()
    await at(page, 'family-link').focus()
    expect(await page.evaluate(() => getSelection()?.toString())).toContain('/h5/family/')
  })

  it('stays through a reload of its tab, and goes with the student', async () => {
    const page = await made()
    const address = await at(page, 'qr').getAttribute('data-text')
    await page.reload()
    expect(await at(page, 'qr').getAttribute('data-text')).toBe(address)
    await at(page, 'sign-out').click()
    await at(page, 'username').waitFor()
    await enterPortal(page, mock.world, { path: 'family', username: everyKind })
    await page.getByText('还没有代付链接').waitFor()
    expect(new URL(page.url()).pathname).toBe('/portal/family-links')
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(
      newestLink().token,
    )
  })

  it('that somebody else made in this tab is not shown', async () => {
    const page = await made()
    newestLink().whose = everyKind
    await page.reload()
    await page.getByText('还没有代付链接').waitFor()
    expect(await at(page, 'qr').count()).toBe(0)
  })

  it('scanned with the student’s own phone can be handed on from there', async () => {
    const page = await made()
    const address = (await at(page, 'qr').getAttribute('data-text'))!
    const phone = await open({ width: 390, height: 780 })
    await phone.page.goto('/h5/')
    await at(phone.page, 'username').fill('2024010123')
    await at(phone.page, 'password').fill('rain-on-the-rails')
    await at(phone.page, 'sign-in').click()
    await at(phone.page, 'total-owed').waitFor()
    await phone.page.goto(address)
    await at(phone.page, 'family-hand-on').waitFor()
    await shot(phone.page, 'family-mine')
    await at(phone.page, 'family-hand-on').click()
    await at(phone.page, 'family-share').waitFor()
    expect(phone.page.url()).toBe(address)
  })

  it('waits for an unfinished order to end, and says so', async () => {
    const page = await atDesk('family-new')
    await at(page, 'family-make').waitFor()
    const lines = [{ bill_id: '101', period: '2026-2027学年', item: '学费', amount_fen: 700000 }]
    const order = mock.world.order({ lines, channel: 'native' })
    mock.world.orders.unshift(order)
    await at(page, 'family-make').click()
    await at(page, 'live-order').waitFor()
    expect(await at(page, 'family-refused').innerText()).toContain('未完成的订单')
    await at(page, 'live-cancel').click()
    await at(page, 'cancel-yes').click()
    await page.getByText('订单已取消').waitFor()
    await at(page, 'family-make').click()
    await at(page, 'family-share').waitFor()
    expect(order.state).toBe('closed')
  })

  it('is not made over other sums than were seen', async () => {
    const page = await atDesk('family-new')
    await at(page, 'family-make').waitFor()
    mock.world.bills[0]!.due_fen = 690000
    await at(page, 'family-make').click()
    await page.getByText('费用金额已更新').waitFor()
    await expect.poll(() => at(page, 'family-total').innerText()).toContain('10,780.50')
    await at(page, 'family-make').click()
    await at(page, 'family-share').waitFor()
  })

  it('takes what is typed as text', async () => {
    const page = await atDesk('family-new')
    const typed = `<script>alert(1)</script>'; DROP TABLE bills; -- 😀👨‍👩‍👧`
    await at(page, 'message').fill(typed)
    await at(page, 'family-make').click()
    await page.getByText(typed).waitFor()
    expect(newestLink().message).toBe(typed)
    await page.goto('/portal/family-new')
    await at(page, 'message').fill('谢'.repeat(300))
    expect((await at(page, 'message').inputValue()).length).toBe(60)
  })
})

describe('the list of links', () => {
  it('says what became of each, and takes one back after a question', async () => {
    const page = await made()
    const lines = newestLink().lines
    const link = { ...newestLink(), lines, order: undefined }
    familyLinks(mock.world).push(
      { ...link, link: '2', token: 'b', withdrawn: true },
      { ...link, link: '3', token: 'c', ends_at: 0 },
    )
    await at(page, 'to-family-links').click()
    const words = () => at(page, 'family-state').allInnerTexts()
    expect(await words()).toEqual(['等待支付', '已撤回', '已到期'])
    await at(page, 'family-withdraw').click()
    await at(page, 'withdraw-no').click()
    expect(newestLink().withdrawn).toBe(false)
    await at(page, 'family-withdraw').click()
    await at(page, 'withdraw-yes').click()
    await at(page, 'family-outcome').waitFor()
    expect(await words()).toEqual(['已撤回', '已撤回', '已到期'])
    expect(await at(page, 'family-withdraw').count()).toBe(0)
    await page.goto('/portal/family')
    await at(page, 'family-over').waitFor()
    expect(await at(page, 'family-state').innerText()).toBe('已撤回')
  })

  it('leads to the order that came of it', async () => {
    const page = await made()
    const mother = await open({ width: 390, height: 780 })
    await mother.page.goto((await at(page, 'qr').getAttribute('data-text'))!)
    await at(mother.page, 'family-pay').click()
    await expect.poll(() => at(mother.page, 'family-word').innerText()).toBe('支付成功')
    await page.goto('/portal/me')
    await at(page, 'to-family-links').click()
    expect(await at(page, 'family-state').innerText()).toBe('家人已支付')
    await at(page, 'family-order').click()
    await at(page, 'order-receipt').waitFor()
  })

  it('tells of a withdrawal that did not come through', async () => {
    const page = await made()
    await page.goto('/portal/family-links')
    mock.world.switches.refuse = { 'POST /family-links/*': 'cut' }
    await at(page, 'family-withdraw').click()
    await at(page, 'withdraw-yes').click()
    await at(page, 'family-refused').waitFor()
    mock.world.switches.refuse = {}
    await at(page, 'family-withdraw').click()
    await at(page, 'withdraw-yes').click()
    await at(page, 'family-outcome').waitFor()
  })
})

it('is made, copied and taken back by keyboard alone', async () => {
  const page = await atDesk()
  await at(page, 'total').waitFor()
  await tabTo(page, 'to-family-new')
  await page.keyboard.press('Enter')
  await at(page, 'family-make').waitFor()
  await tabTo(page, 'pick-101')
  await page.keyboard.press('Space')
  await tabTo(page, 'hours-24')
  await page.keyboard.press('ArrowRight')
  expect(await at(page, 'hours-72').isChecked()).toBe(true)
  await tabTo(page, 'message')
  await page.keyboard.type('谢谢')
  await tabTo(page, 'family-make')
  await page.keyboard.press('Enter')
  await at(page, 'family-share').waitFor()
  expect(heard('POST /family-links')[0]!.body).toMatchObject({ hours: 72, message: '谢谢' })
  expect(heard('POST /family-links')[0]!.body.bill_ids).not.toContain('101')
  await tabTo(page, 'family-link')
  await tabTo(page, 'family-copy')
  await page.keyboard.press('Enter')
  await page.getByText(/链接已复制|没有复制成功/).waitFor()
  await tabTo(page, 'to-family-links')
  await page.keyboard.press('Enter')

  await at(page, 'family-withdraw').waitFor()
  await tabTo(page, 'family-withdraw')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  // Round and round, and never out.
  const stops = new Set<string>()
  for (let press = 0; press < 5; press++) {
    await page.keyboard.press('Tab')
    stops.add(await focused(page))
  }
  expect([...stops].sort()).toEqual(['withdraw-no', 'withdraw-yes'])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await focused(page)).toBe('family-withdraw')
  expect(newestLink().withdrawn).toBe(false)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'withdraw-yes')
  await page.keyboard.press('Enter')
  await at(page, 'family-outcome').waitFor()
  expect(newestLink().withdrawn).toBe(true)
})

const screens = screensOf(['1440-dark', '390', '1024-english'], ['1440', '1024', '1440-english'])
describe.each(screens)('%s', (name, screen) => {
  it('every page of a family link is decent', async () => {
    const tab = await open({ ...screen, wechat: false })
    const { page } = tab
    const look = async (what: string) => {
      await shot(page, `portal-${what}-${name}`)
      await expectDecent(page, tab.faults, `${what} ${name}`, { width: 32, height: 31.5 })
    }
    await enterPortal(page, mock.world, { path: 'family-links', username: everyKind })
    await at(page, 'blank').waitFor()
    await look('family-links-empty')
    await at(page, 'to-family-new').click()
    await at(page, 'several-receivers').waitFor()
    await look('family-new')
    await at(page, 'family-make').click()
    await at(page, 'receiver-0').waitFor()
    await look('family-new-receivers')
    await at(page, 'receiver-0').click()
    await at(page, 'family-share').waitFor()
    await at(page, 'family-copy').click()
    await look('family')
    await at(page, 'to-family-links').click()
    await at(page, 'family-link').waitFor()
    await look('family-links')
    await at(page, 'family-withdraw').click()
    await look('family-withdraw')
    await at(page, 'withdraw-yes').click()
    await at(page, 'family-outcome').waitFor()
    await look('family-withdrawn')
    await page.goto('/portal/family')
    await at(page, 'family-over').waitFor()
    await look('family-over')
    await page.goto('/portal/me')
    await at(page, 'profile').waitFor()
    await look('me-family')
  })
})
