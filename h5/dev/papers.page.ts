// Papers and family links in a real browser.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, expectDecent, launch, openTab, shot, signIn, type Phone, type Tab } from './browser'
import { startMock } from './mock.mjs'
import { familyLinks } from './papers.mjs'

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

async function open(phone: Phone = {}): Promise<Tab> {
  const tab = await openTab(browser, mock.address, phone)
  tabs.push(tab)
  return tab
}
const heard = (name: string) => mock.heard.filter((call) => call.name === name)
const pathOf = (tab: Tab) => new URL(tab.page.url()).pathname
const link = () => familyLinks(mock.world)[0]!

/** The student makes a link over everything that can be paid. */
async function madeLink(student: Tab, message = ''): Promise<string> {
  const { page } = student
  await signIn(page, '/h5/fees')
  await at(page, 'fees-family').click()
  await at(page, 'family-total').waitFor()
  if (message) await at(page, 'message').fill(message)
  await at(page, 'family-make').click()
  await at(page, 'family-share').waitFor()
  return new URL(page.url()).pathname
}

/** Somebody else, on another phone, opens what was sent. */
async function follow(path: string, phone: Phone = {}): Promise<Tab> {
  const tab = await open(phone)
  await tab.page.goto(path)
  await at(tab.page, 'family-word').waitFor()
  return tab
}

describe('a receipt', () => {
  it('is shown as a page in WeChat, and as a file elsewhere', async () => {
    const order = mock.world.orders.find((one) => one.state === 'paid')!
    const phone = await open()
    await signIn(phone.page, `/h5/order?no=${order.order_no}`)
    await at(phone.page, 'order-receipt').click()
    await at(phone.page, 'receipt').waitFor()
    expect(await at(phone.page, 'receipt').innerText()).toContain(order.transaction_id)
    expect(await at(phone.page, 'receipt-refunded').innerText()).toContain('¥400.00')
    expect(await at(phone.page, 'receipt-hint').count()).toBe(1)
    expect(await at(phone.page, 'receipt-file').count()).toBe(0)

    const desk = await open({ wechat: false })
    await signIn(desk.page, `/h5/receipt?no=${order.order_no}`)
    expect(await at(desk.page, 'receipt-file').getAttribute('href')).toBe(
      `/api/v1/orders/${order.order_no}/receipt`,
    )
  })

  it('is verified by its code without signing in, or by hand', async () => {
    const order = mock.world.orders.find((one) => one.state === 'paid' && !one.refunded_fen)!
    const { page } = await open()
    await page.goto(`/h5/verify#n=${order.order_no}&c=2345-6789-2345-6789`)
    expect(await at(page, 'verify-state').innerText()).toBe('凭证真实有效')
    expect(heard('POST /receipts/verify')).toHaveLength(1)
    await at(page, 'code').fill('2345-6789-2345-6788')
    await at(page, 'verify').click()
    expect(await at(page, 'forged').innerText()).toContain('不是本平台出具的')
    expect(await at(page, 'genuine').count()).toBe(0)
    await at(page, 'code').fill('')
    await at(page, 'verify').click()
    expect(await at(page, 'code-note').innerText()).toContain('请填写')
    expect(heard('POST /receipts/verify')).toHaveLength(2)
    const back = mock.world.orders.find((one) => one.refunded_fen === 40000)!
    await at(page, 'number').fill(back.order_no)
    await at(page, 'code').fill('2345678923456789')
    await at(page, 'verify').click()
    await expect.poll(() => at(page, 'verify-state').innerText()).toContain('已部分退款')
    expect(await at(page, 'verify-refunded').innerText()).toContain('¥400.00')
  })
})

describe('a family link', () => {
  it('is made, followed and paid without signing in, and the student sees it', async () => {
    const student = await open()
    const path = await madeLink(student, '妈妈，谢谢')
    expect(path).toMatch(/^\/h5\/family\/[\w-]{43}$/)
    const mother = await follow(path)
    // The address does not show the secret any more, and the page that pays lies directly in /h5/.
    expect(pathOf(mother)).toBe('/h5/family')
    expect(await at(mother.page, 'family-message').innerText()).toBe('妈妈，谢谢')
    expect(await at(mother.page, 'family-name').innerText()).toBe('张*同')
    expect(await at(mother.page, 'menu').count()).toBe(0)
    await at(mother.page, 'family-pay').dblclick()
    await expect.poll(() => at(mother.page, 'family-word').innerText()).toBe('支付成功')
    expect(heard('POST /family/pay')).toHaveLength(1)
    await mother.page.reload()
    await expect.poll(() => at(mother.page, 'family-word').innerText()).toBe('支付成功')

    await at(student.page, 'to-family-links').click()
    await expect.poll(() => at(student.page, 'family-state').innerText()).toBe('家人已支付')
    const urls = mock.heard.map((call) => call.name).join('\n')
    expect(urls).not.toContain(path.split('/').pop())
  })

  it('cancelled at the sheet can be continued, or given up', async () => {
    const path = await madeLink(await open())
    const { page } = await follow(path, { wechat: 'cancel' })
    await at(page, 'family-pay').click()
    await page.getByText('没有扣款').waitFor()
    expect(await at(page, 'family-word').innerText()).toBe('等待支付')
    await at(page, 'family-cancel').click()
    await at(page, 'family-cancel-yes').click()
    await expect.poll(() => at(page, 'family-word').innerText()).toBe('请您代付')
    await page.evaluate(() => localStorage.setItem('sheet', 'ok'))
    await at(page, 'family-pay').click()
    await expect.poll(() => at(page, 'family-word').innerText()).toBe('支付成功')
  })

  it('tells another payer that somebody pays, and then that it is paid', async () => {
    const path = await madeLink(await open())
    const mother = await follow(path, { wechat: 'never' })
    await at(mother.page, 'family-pay').click()
    await expect.poll(() => link().order !== undefined).toBe(true)
    link().another = true
    const { page } = await follow(path)
    expect(await at(page, 'family-word').innerText()).toBe('有人正在支付')
    expect(await at(page, 'family-pay').count()).toBe(0)
    mock.world.paidAtWechat.add(link().order!.order_no)
    mock.world.settle(link().order!)
    await expect.poll(() => at(page, 'family-word').innerText(), { timeout: 15_000 }).toBe('已缴清')
  })

  it('withdrawn tells nothing; what was never one says where to look', async () => {
    const student = await open()
    const path = await madeLink(student)
    await at(student.page, 'to-family-links').click()
    await at(student.page, 'family-withdraw').click()
    await at(student.page, 'withdraw-yes').click()
    await expect.poll(() => at(student.page, 'family-state').innerText()).toBe('已撤回')
    const { page } = await follow(path)
    expect(await at(page, 'family-word').innerText()).toBe('链接已撤回')
    expect(await at(page, 'line').count()).toBe(0)
    await page.goto(`/h5/family/${'x'.repeat(43)}`)
    await page.getByText('没有找到代付链接').waitFor()
  })

  it('begins with giving up an unfinished order', async () => {
    const lines = [{ bill_id: '101', period: '2026-2027学年', item: '学费', amount_fen: 700000 }]
    const order = mock.world.order({ lines })
    mock.world.orders.unshift(order)
    const { page } = await open()
    await signIn(page, `/h5/order?no=${order.order_no}`)
    await at(page, 'order-family').click()
    await at(page, 'family-yes').click()
    await at(page, 'family-total').waitFor()
    expect(await at(page, 'family-total').innerText()).toContain('7,000.00')
    expect(order.state).toBe('closed')
    await at(page, 'hours-72').check({ force: true })
    await at(page, 'family-make').click()
    await at(page, 'family-share').waitFor()
    expect(heard('POST /family-links')[0]!.body).toMatchObject({ bill_ids: ['101'], hours: 72 })
  })

  it('cannot be paid outside WeChat, and says so', async () => {
    const path = await madeLink(await open())
    const { page } = await follow(path, { wechat: false })
    await at(page, 'family-in-wechat').waitFor()
    expect(await at(page, 'family-pay').count()).toBe(0)
  })
})

const phones: [string, Phone][] = [
  ['360', { width: 360, height: 640 }],
  ['390-dark', { width: 390, height: 844, dark: true }],
  ['360-large', { width: 360, height: 740, type: 1.4 }],
  ['1440', { width: 1440, height: 900, wechat: false }],
  ['390-english', { width: 390, height: 844, english: true }],
  ['360-english', { width: 360, height: 640, english: true }],
]
describe.each(phones)('%s', (name, phone) => {
  it('every page of papers and links is decent', async () => {
    const tab = await open(phone)
    const { page } = tab
    const look = async (what: string) => {
      await shot(page, `${what}-${name}`)
      await expectDecent(page, tab.faults, `${what} ${name}`)
    }
    const order = mock.world.orders.find((one) => one.refunded_fen === 40000)!
    await page.goto('/h5/verify')
    await at(page, 'verify').click()
    await look('verify')
    await page.goto(`/h5/verify?again#n=${order.order_no}&c=2345-6789-2345-6789`)
    await at(page, 'genuine').waitFor()
    await look('verify-genuine')
    await at(page, 'code').fill('2')
    await at(page, 'verify').click()
    await at(page, 'forged').waitFor()
    await look('verify-forged')
    await signIn(page, `/h5/receipt?no=${order.order_no}`)
    await at(page, 'receipt').waitFor()
    await look('receipt')
    await page.goto('/h5/family-links')
    await at(page, 'blank').waitFor()
    await look('family-links-empty')
    await page.goto('/h5/family-new')
    await at(page, 'family-total').waitFor()
    await at(page, 'message').fill('妈妈，谢谢')
    await look('family-new')
    await at(page, 'family-make').click()
    await at(page, 'family-share').waitFor()
    await look('family-share')
    const path = pathOf(tab)
    await at(page, 'to-family-links').click()
    await at(page, 'family-link').waitFor()
    await look('family-links')
    await at(page, 'family-withdraw').click()
    await look('family-withdraw')

    const parent = await follow(path, phone)
    const seen = async (what: string) => {
      await shot(parent.page, `${what}-${name}`)
      await expectDecent(parent.page, parent.faults, `${what} ${name}`)
    }
    await seen('family-pay')
    link().ends_at = 0
    await parent.page.reload()
    await at(parent.page, 'family-word').waitFor()
    await seen('family-ended')
  })
})
