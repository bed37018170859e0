// 其他费用, 生活缴费, 报名信息 in a phone: chosen, paid, looked at, taken back.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, expectDecent, launch, openTab, shot, signIn, type Phone, type Tab } from './browser'
import { startMock } from './mock.mjs'

type Mock = Awaited<ReturnType<typeof startMock>>

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const phones: [string, Phone][] = [
  ['360', { width: 360, height: 640 }],
  ['390-dark', { width: 390, height: 844, dark: true }],
  ['360-large', { width: 360, height: 740, type: 1.4 }],
  ['1440', { width: 1440, height: 900, wechat: false }],
  ['390-english', { width: 390, height: 844, english: true }],
  ['360-english', { width: 360, height: 640, english: true }],
]

describe.each(phones)('looks %s', (name, phone) => {
  it('is decent everywhere', async () => {
    const mock = await startMock()
    const tab = await openTab(browser, mock.address, phone)
    const { page } = tab
    const look = async (what: string) => {
      await shot(page, `${what}-${name}`)
      await expectDecent(page, tab.faults, `${what} ${name}`)
    }
    await signIn(page)
    for (const path of ['other', 'living', 'projects']) {
      await page.goto(`/h5/${path}`)
      await at(page, 'choice').first().waitFor()
      await look(path)
    }
    for (const [item, of] of [
      ['501', 'other'],
      ['511', 'living'],
      ['521', 'enrolment'],
      ['522', 'enrolment'],
    ] as const) {
      await page.goto(`/h5/choose?item=${item}&of=${of}`)
      await at(page, 'choose-total').waitFor()
      if (phone.wechat !== false || item === '521') await at(page, 'choose-pay').click()
      await look(`choose-${item}`)
    }
    await tab.close()
    mock.close()
  })
})

describe('the ways', () => {
  let mock: Mock
  let tab: Tab
  beforeEach(async () => {
    mock = await startMock()
    tab = await openTab(browser, mock.address)
    await signIn(tab.page)
  })
  afterEach(async () => {
    expect(tab.faults).toEqual([])
    await tab.close()
    mock.close()
  })
  const heard = (name: string) =>
    mock.heard.filter((one) => one.name === name).map((one) => one.body as object)

  it('a top-up: what is wrong is said, then it is paid and shown as delivered', async () => {
    const { page } = tab
    await at(page, 'home-living').click()
    await at(page, 'choice').first().click()
    await at(page, 'choose-pay').click()
    await page.getByText('请输入宿舍').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('target')
    await at(page, 'target').fill('12-305')
    await at(page, 'amount').fill('20.5')
    expect(await at(page, 'choose-total').innerText()).toContain('20.50')
    await at(page, 'choose-pay').click()
    await at(page, 'result-paid').waitFor()
    const [body] = heard('POST /choices/511/order')
    expect(body).toMatchObject({ amount_fen: 2050, target: '12-305' })
    await page.goto('/h5/living')
    await at(page, 'top-up-state').waitFor()
    expect(await at(page, 'top-up-state').innerText()).toBe('已到账')
  })

  it('a project: the sheet is left, the place is held, and taken back', async () => {
    const { page } = tab
    await page.evaluate(() => localStorage.setItem('sheet', 'cancel'))
    await page.goto('/h5/choose?item=522&of=enrolment')
    await at(page, 'answer-0').fill('13800000000')
    await at(page, 'choose-pay').click()
    await at(page, 'order-cancel').waitFor()
    // The page of the item leads to the unfinished order, and so does the list.
    await page.goto('/h5/choose?item=522&of=enrolment')
    await at(page, 'order-cancel').waitFor()
    await page.goto('/h5/projects')
    await at(page, 'sign-up-state').waitFor()
    expect(await at(page, 'sign-up-state').innerText()).toBe('待支付')
    await at(page, 'sign-up-cancel').click()
    await at(page, 'cancel-yes').click()
    await page.getByText('已取消，没有扣款').waitFor()
    await expect.poll(() => at(page, 'sign-up-state').innerText()).toBe('已关闭')
  })

  it('a free project is signed up for at once; a double click is one sign-up', async () => {
    const { page } = tab
    mock.world.switches.delay_ms = 200
    await page.goto('/h5/choose?item=521&of=enrolment')
    await at(page, 'choose-pay').dblclick()
    await page.getByText('报名成功').waitFor()
    expect(await at(page, 'sign-up-state').innerText()).toBe('已成功')
    expect(heard('POST /choices/521/order')).toHaveLength(1)
  })

  it('an optional item: a size is chosen', async () => {
    const { page } = tab
    await page.goto('/h5/choose?item=501&of=other')
    await at(page, 'choose-pay').click()
    await page.getByText('请填写尺码').waitFor()
    await at(page, 'option-大').check({ force: true })
    await at(page, 'choose-pay').click()
    await at(page, 'result-paid').waitFor()
    expect(heard('POST /choices/501/order')[0]).toMatchObject({ answers: { 尺码: '大' } })
  })

  it('a refusal is said in the server’s words, and the way on stays open', async () => {
    const { page } = tab
    mock.world.switches.refuse = {
      'POST /choices/522/order': { status: 409, code: 'choice_full', message: '名额已满' },
    }
    await page.goto('/h5/choose?item=522&of=enrolment')
    await at(page, 'answer-0').fill('13800000000')
    await at(page, 'choose-pay').click()
    await at(page, 'pay-problem').waitFor()
    expect(await at(page, 'pay-problem').innerText()).toBe('名额已满')
    mock.world.switches.refuse = {}
    await at(page, 'choose-pay').click()
    await at(page, 'result-paid').waitFor()
  })
})
