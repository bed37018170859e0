// 其他费用, 生活缴费, 报名信息 at a desk: chosen, paid by QR code, looked at, taken back.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, expectDecent, jumps, launch, openTab, shot, type Phone, type Tab } from './browser'
import { screensOf } from './desk'
import { startMock } from './mock.mjs'
import { enterPortal } from './portal'

let browser: Browser
let mock: Awaited<ReturnType<typeof startMock>>
let tab: Tab
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
beforeEach(async () => {
  mock = await startMock()
})
afterEach(async () => {
  expect(tab.faults).toEqual([])
  await tab.close()
  mock.close()
})

const newest = () => mock.world.orders[0]!
const heard = (name: string) => mock.heard.filter((call) => call.name === name)

async function atDesk(path: string, screen: Phone = { width: 1280, height: 900 }) {
  tab = await openTab(browser, mock.address, { ...screen, wechat: false })
  await enterPortal(tab.page, mock.world, { path })
  return tab.page
}

/** Signs up for the project with a fee, as far as the code. */
async function toTheCode() {
  const page = await atDesk('projects')
  await at(page, 'choose-522').click()
  await at(page, 'answer-0').fill('13800000000')
  await at(page, 'choose-pay').dblclick()
  await at(page, 'qr').waitFor()
  return page
}

const screens = screensOf(['1440-dark', '390', '1024-english'], ['1440', '1024', '1440-english'])
const forAMouse = { width: 32, height: 31.5 }

describe.each(screens)('portal choices %s', (name, screen) => {
  it('are decent everywhere', async () => {
    const page = await atDesk('', screen)
    const look = async (what: string) => {
      await shot(page, `portal-${what}-${name}`)
      await expectDecent(page, tab.faults, `${what} ${name}`, forAMouse)
    }
    for (const path of ['other', 'living', 'projects']) {
      await page.goto(`/portal/${path}`)
      await at(page, 'choice').first().waitFor()
      await look(path)
      await at(page, 'search').fill('没有这一项')
      await at(page, 'no-match').waitFor()
    }
    await look('projects-no-match')
    for (const [item, of] of [
      ['501', 'other'],
      ['511', 'living'],
      ['521', 'projects'],
      ['522', 'projects'],
    ] as const) {
      await page.goto(`/portal/${of}/choose?item=${item}`)
      await at(page, 'choose-pay').waitFor()
      await look(`choose-${item}`)
      if (item === '521') continue
      await at(page, 'choose-pay').click()
      await look(`choose-${item}-faults`)
    }
    await at(page, 'answer-0').fill('13800000000')
    await at(page, 'choose-pay').click()
    await at(page, 'qr').waitFor()
    await look('projects-scan')
    await page.goto('/portal/projects')
    await at(page, 'sign-up').waitFor()
    await look('projects-own')
    await page.goto('/portal/living/choose?item=511')
    await at(page, 'target').fill('12-305')
    await at(page, 'amount').fill('20')
    await at(page, 'choose-pay').click()
    await at(page, 'qr').waitFor()
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor()
    await look('living-paid')
    await at(page, 'to-list').click()
    await at(page, 'top-up').waitFor()
    await look('living-own')
    mock.world.switches.delay_ms = 300
    await page.goto('/portal/projects')
    await at(page, 'choice').first().waitFor()
    expect(await jumps(page)).toBeLessThan(0.05)
  })
})

describe('at the desk', () => {
  it('the bar has everything, in the order that students know', async () => {
    const page = await atDesk('')
    const names = await page.locator('.bar-pages a').allInnerTexts()
    expect(names.join(' ')).toBe('当前费用 学费缴费 其他费用 生活缴费 交易查询 报名信息 个人信息')
    await at(page, 'bar-projects').click()
    await at(page, 'choice').first().waitFor()
    await at(page, 'choose-522').click()
    expect(await at(page, 'bar-projects').getAttribute('aria-current')).toBe('page')
  })

  it('a project with a fee is paid by QR code, and named as done', async () => {
    const page = await toTheCode()
    expect(new URL(page.url()).pathname).toBe('/portal/projects/pay')
    const [call] = heard('POST /choices/522/order')
    expect(heard('POST /choices/522/order')).toHaveLength(1)
    expect(call?.body).toMatchObject({
      channel: 'native',
      amount_fen: 12000,
      answers: { 联系手机: '13800000000' },
    })
    expect(await at(page, 'qr').getAttribute('data-text')).toContain(newest().order_no)
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor()
    await at(page, 'to-list').click()
    await expect.poll(() => at(page, 'sign-up-state').innerText()).toBe('已成功')
    await at(page, 'sign-up-order').click()
    await at(page, 'order-receipt').waitFor()
    expect(await at(page, 'order-receipt').getAttribute('href')).toBe(
      `/api/v1/orders/${newest().order_no}/receipt`,
    )
  })

  it('an unfinished sign-up is found again everywhere, and taken back', async () => {
    const page = await toTheCode()
    const code = await at(page, 'qr').getAttribute('data-text')
    await page.goto('/portal/projects/choose?item=522')
    await at(page, 'qr').waitFor()
    await page.goto('/portal/projects')
    await at(page, 'choose-522').click()
    await at(page, 'qr').waitFor()
    expect(await at(page, 'qr').getAttribute('data-text')).toBe(code)
    await page.goto('/portal/projects')
    expect(await at(page, 'sign-up-state').innerText()).toBe('待支付')
    await at(page, 'sign-up-cancel').click()
    await at(page, 'cancel-yes').click()
    await page.getByText('已取消，没有扣款').waitFor()
    await expect.poll(() => at(page, 'sign-up-state').innerText()).toBe('已关闭')
    expect(heard('POST /choices/522/order')).toHaveLength(1)
  })

  it('a free project is signed up for at once', async () => {
    const page = await atDesk('projects/choose?item=521')
    await at(page, 'choose-pay').dblclick()
    await page.getByText('报名成功').waitFor()
    expect(await at(page, 'sign-up-state').innerText()).toBe('已成功')
    expect(heard('POST /choices/521/order')).toHaveLength(1)
  })

  it('a top-up: what is wrong is said in its field, then it is delivered', async () => {
    const page = await atDesk('living')
    await at(page, 'choose-511').click()
    await at(page, 'choose-pay').click()
    await page.getByText('请输入宿舍').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('target')
    await at(page, 'target').fill('12-305')
    await at(page, 'amount').fill('600')
    await at(page, 'choose-pay').click()
    await page.getByText('金额应在 10.00 元到 500.00 元之间').waitFor()
    expect(heard('POST /choices/511/order')).toHaveLength(0)
    await at(page, 'amount').fill('20.5')
    expect(await at(page, 'choose-total').innerText()).toContain('20.50')
    await at(page, 'choose-pay').click()
    await at(page, 'qr').waitFor()
    expect(heard('POST /choices/511/order')[0]?.body).toMatchObject({
      amount_fen: 2050,
      target: '12-305',
    })
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor()
    await at(page, 'to-list').click()
    await expect.poll(() => at(page, 'top-up-state').innerText()).toBe('已到账')
  })

  it('a refusal is said in the server’s words, and the way on stays open', async () => {
    const page = await atDesk('other/choose?item=501')
    await at(page, 'option-大').check()
    mock.world.switches.refuse = {
      'POST /choices/501/order': { status: 409, code: 'choice_full', message: '名额已满' },
    }
    await at(page, 'choose-pay').click()
    await at(page, 'pay-problem').waitFor()
    expect(await at(page, 'pay-problem').innerText()).toBe('名额已满')
    mock.world.switches.refuse = {}
    await at(page, 'choose-pay').click()
    await at(page, 'qr').waitFor()
    expect(heard('POST /choices/501/order').at(-1)?.body.answers).toEqual({ 尺码: '大' })
  })

  it('nothing to be read says so, and tries again', async () => {
    mock.world.switches.refuse = {
      'GET /choices': { status: 503, code: 'busy', message: '当前访问人数较多，请稍后再试' },
    }
    const page = await atDesk('other')
    await page.getByText('当前访问人数较多').waitFor()
    mock.world.switches.refuse = {}
    await at(page, 'retry').click()
    await at(page, 'choice').first().waitFor()
  })

  it('an order of the phone can be given up here, and chosen anew', async () => {
    const page = await atDesk('')
    await page.evaluate(async () => {
      const session = (await (await fetch('/api/v1/session')).json()) as { csrf_token: string }
      await fetch('/api/v1/choices/511/order', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf_token },
        body: JSON.stringify({
          request_id: 'of-the-phone-0000001',
          amount_fen: 2000,
          target: '12-305',
        }),
      })
    })
    await page.goto('/portal/living')
    await at(page, 'top-up-continue').click()
    await at(page, 'on-phone').waitFor()
    expect(await at(page, 'swap').count()).toBe(0)
    await at(page, 'cancel').click()
    await at(page, 'cancel-yes').click()
    await at(page, 'again').click()
    await at(page, 'choose-511').click()
    await at(page, 'choose-pay').waitFor()
  })
})
