// The desk portal in a real browser: what the student sees, and which calls reach the server.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, launch, openTab, shot, signIn, type Phone, type Tab } from './browser'
import { startMock } from './mock.mjs'
import { enterPortal, solveCaptcha } from './portal'

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

const desk: Phone = { width: 1280, height: 900, wechat: false }
const heard = (name: string) => mock.heard.filter((call) => call.name === name)
const newest = () => mock.world.orders[0]!
const path = () => new URL(tab.page.url()).pathname

async function atDesk() {
  tab = await openTab(browser, mock.address, desk)
  return tab.page
}

async function toConfirm() {
  const page = await atDesk()
  await enterPortal(page, mock.world, { path: 'tuition' })
  await at(page, 'next').click()
  await at(page, 'confirm').waitFor()
  return page
}

/** An unfinished order over the first two bills. */
function begun(channel: 'jsapi' | 'native') {
  const lines = [
    { bill_id: '101', period: '2026-2027学年', item: '学费', amount_fen: 700000 },
    { bill_id: '102', period: '2026-2027学年', item: '住宿费', amount_fen: 120000 },
  ]
  const order = mock.world.order({ lines, channel })
  mock.world.orders.unshift(order)
  return order
}

describe('signing in', () => {
  it('keeps the name and asks a new captcha after every failure', async () => {
    const page = await atDesk()
    await page.goto('/portal/orders')
    await at(page, 'sign-in').click()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('username')
    await at(page, 'username').fill('2024010123')
    await at(page, 'password').fill('rain-on-the-rails')
    const first = await at(page, 'captcha-picture').getAttribute('src')
    await at(page, 'captcha').fill('????')
    await at(page, 'sign-in').click()
    await page.getByText('验证码不正确').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('captcha')
    await expect.poll(() => at(page, 'captcha-picture').getAttribute('src')).not.toBe(first)
    expect(await at(page, 'captcha').inputValue()).toBe('')
    expect(await at(page, 'password').inputValue()).toBe('rain-on-the-rails')

    await at(page, 'password').fill('wrong')
    await solveCaptcha(page, mock.world)
    await at(page, 'sign-in').click()
    await page.getByText('账号或密码不正确').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('password')
    expect(await at(page, 'username').inputValue()).toBe('2024010123')
    await page.keyboard.type('rain-on-the-rails')
    await expect.poll(() => mock.world.captchas.size).toBe(1)
    await solveCaptcha(page, mock.world)
    await page.keyboard.press('Enter')
    await at(page, 'order').first().waitFor()
    expect(path()).toBe('/portal/orders')
  })

  it('works with a sum in words, by keyboard alone', async () => {
    const page = await atDesk()
    await page.goto('/portal/')
    await at(page, 'captcha-picture').waitFor()
    await page.keyboard.type('2024010123')
    await page.keyboard.press('Tab')
    await page.keyboard.type('rain-on-the-rails')
    for (const stop of ['show-password', 'captcha', 'captcha-again', 'captcha-other']) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))
      expect(focused).toBe(stop)
    }
    await page.keyboard.press('Enter')
    await page.getByText('等于几').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('captcha')
    await page.keyboard.type([...mock.world.captchas.values()].pop()!)
    await page.keyboard.press('Enter')
    await at(page, 'total').waitFor()
  })

  it('with the initial password leads to changing it, and nowhere else', async () => {
    const page = await atDesk()
    const initial = { username: '2025020456', password: '010014' }
    await enterPortal(page, mock.world, { path: 'orders', ...initial })
    await at(page, 'question-row').first().waitFor()
    expect(path()).toBe('/portal/first-password')
    await page.goto('/portal/tuition')
    await at(page, 'question-row').first().waitFor()
    expect(path()).toBe('/portal/first-password')

    await at(page, 'new_password').fill('sun-on-the-roofs')
    expect(await page.locator('.rule-met').count()).toBe(3)
    await at(page, 'new_password_again').fill('sun-on-the-roof')
    await at(page, 'question_1').selectOption('head_teacher')
    for (const row of [0, 1, 2]) await at(page, `answer_${row}`).fill(`答案${row}`)
    await at(page, 'send').click()
    expect(await at(page, 'new_password_again-note').innerText()).toContain('不一致')
    await page.getByText('这个问题已经选过').waitFor()
    await at(page, 'new_password_again').fill('sun-on-the-roofs')
    await at(page, 'question_1').selectOption('journey')
    await at(page, 'send').click()
    await page.getByText('请用新密码重新登录').waitFor()
    await at(page, 'username').fill('2025020456')
    await at(page, 'password').fill('sun-on-the-roofs')
    await solveCaptcha(page, mock.world)
    await at(page, 'sign-in').click()
    await at(page, 'total').waitFor()
  })

  it('takes no session of the phone’s pages that has no password of its own', async () => {
    const page = await atDesk()
    await page.goto('/h5/')
    await at(page, 'username').fill('2025020456')
    await at(page, 'password').fill('010014')
    await at(page, 'sign-in').click()
    await at(page, 'total-owed').waitFor()
    await page.goto('/portal/')
    await at(page, 'captcha-picture').waitFor()
  })
})

describe('paying by QR code', () => {
  it('turns to success by itself', async () => {
    const page = await toConfirm()
    expect(await at(page, 'merchant').innerText()).toBe('吉林交通职业技术学院')
    expect(await at(page, 'line-count').innerText()).toBe('4 项')
    expect(await at(page, 'confirm-total').innerText()).toBe('10,880.50元')
    await at(page, 'confirm').dblclick()
    await at(page, 'qr').waitFor()
    expect(await at(page, 'qr').getAttribute('data-text')).toContain(newest().order_no)
    expect(await at(page, 'left').innerText()).toMatch(/1:59:\d\d 后失效|2:00:00 后失效/)
    expect(heard('POST /orders')).toHaveLength(1)
    expect(heard('POST /orders')[0]?.body.channel).toBe('native')
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor({ timeout: 6000 })
    expect(await page.title()).toBe('支付成功')
    expect(heard(`POST /orders/${newest().order_no}/confirm`)).toHaveLength(0)
    await at(page, 'to-fees').click()
    await expect.poll(() => at(page, 'bill').count()).toBe(2)
  })

  it('asks WeChat when the student says that he has paid', async () => {
    const page = await toConfirm()
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    mock.world.switches.notices_lost = true
    await at(page, 'i-have-paid').click()
    await page.getByText('微信尚未登记').waitFor()
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'paid').waitFor({ timeout: 15_000 })
  })

  it('finds the same order again after leaving, and never opens a second one', async () => {
    const page = await toConfirm()
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    const code = await at(page, 'qr').getAttribute('data-text')
    await page.goBack()
    await page.goto('/portal/')
    await at(page, 'live-continue').click()
    await at(page, 'qr').waitFor()
    expect(await at(page, 'qr').getAttribute('data-text')).toBe(code)
    await page.reload()
    await at(page, 'qr').waitFor()
    await page.goto('/portal/tuition/confirm')
    await at(page, 'qr').waitFor()
    expect(await at(page, 'qr').getAttribute('data-text')).toBe(code)
    expect(heard('POST /orders')).toHaveLength(1)
  })

  it('can be given up, and chosen anew under a new request id', async () => {
    const page = await toConfirm()
    await at(page, 'confirm').click()
    await at(page, 'cancel').click()
    await at(page, 'cancel-yes').click()
    await at(page, 'closed').waitFor()
    await page.getByText('订单已取消，没有扣款').waitFor()
    await at(page, 'again').click()
    await at(page, 'next').click()
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    expect(new Set(heard('POST /orders').map((call) => call.body.request_id)).size).toBe(2)
  })

  it('says that the payment was quicker than giving up', async () => {
    const page = await toConfirm()
    mock.world.switches.notices_lost = true
    await at(page, 'confirm').click()
    await at(page, 'cancel').click()
    mock.world.paidAtWechat.add(newest().order_no)
    await at(page, 'cancel-yes').click()
    await at(page, 'paid').waitFor()
    await page.getByText('付款先于取消到达').waitFor()
  })

  it('keeps its request id through a lost answer and a reload', async () => {
    const page = await toConfirm()
    mock.world.switches.refuse = { 'POST /orders': 'cut' }
    await at(page, 'confirm').click()
    await at(page, 'pay-problem').waitFor()
    await page.reload()
    mock.world.switches.refuse = {}
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    const ids = heard('POST /orders').map((call) => call.body.request_id)
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(1)
  })

  it('waits for WeChat with words, with one order', async () => {
    const page = await toConfirm()
    mock.world.switches.silent_opening = 3
    await at(page, 'confirm').click()
    await page.getByText('微信支付响应较慢').waitFor()
    await shot(page, 'portal-confirm-waiting')
    await at(page, 'qr').waitFor()
    expect(heard('POST /orders')).toHaveLength(1)
  })

  it('shows a changed amount before an order is opened', async () => {
    const page = await toConfirm()
    Object.assign(mock.world.bills[0]!, { due_fen: 690000 })
    await at(page, 'confirm').click()
    await at(page, 'changed').waitFor()
    expect(await at(page, 'confirm-total').innerText()).toBe('10,780.50元')
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    expect(newest().amount_fen).toBe(1078050)
  })

  it('leads to the order that holds a bill already', async () => {
    const page = await toConfirm()
    const order = begun('native')
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
    expect(page.url()).toContain(order.order_no)
  })

  it('goes on after the session has ended on the way', async () => {
    const page = await toConfirm()
    mock.visitors.clear()
    await at(page, 'confirm').click()
    await at(page, 'username').fill('2024010123')
    await at(page, 'password').fill('rain-on-the-rails')
    await solveCaptcha(page, mock.world)
    await at(page, 'sign-in').click()
    await at(page, 'confirm').click()
    await at(page, 'qr').waitFor()
  })
})

describe('an order begun on the phone', () => {
  async function onThisDesk() {
    const order = begun('jsapi')
    const page = await atDesk()
    await enterPortal(page, mock.world)
    await at(page, 'live-continue').click()
    await at(page, 'on-phone').waitFor()
    expect(await at(page, 'qr').count()).toBe(0)
    return { page, order }
  }

  it('is given up and opened here with one press', async () => {
    const { page, order } = await onThisDesk()
    await at(page, 'swap').click()
    await at(page, 'swap-yes').click()
    await at(page, 'qr').waitFor()
    expect(order.state).toBe('closed')
    expect(newest()).toMatchObject({ channel: 'native', amount_fen: 820000 })
    expect(page.url()).toContain(newest().order_no)
  })

  it('turns out to be paid on the phone meanwhile', async () => {
    const { page, order } = await onThisDesk()
    await at(page, 'swap').click()
    mock.world.paidAtWechat.add(order.order_no)
    await at(page, 'swap-yes').click()
    await at(page, 'paid').waitFor()
    await page.getByText('付款先于取消到达').waitFor()
    expect(heard('POST /orders')).toHaveLength(0)
  })

  it('waits until WeChat confirms the closing, and only then opens another', async () => {
    const { page, order } = await onThisDesk()
    mock.world.switches.closing_hangs = true
    await at(page, 'swap').click()
    await at(page, 'swap-yes').click()
    await page.getByText('正在等待微信确认关闭原订单').waitFor()
    await shot(page, 'portal-swap-waiting')
    expect(heard('POST /orders')).toHaveLength(0)
    mock.world.close(order)
    await at(page, 'qr').waitFor()
    expect(heard('POST /orders')).toHaveLength(1)
  })

  it('can be opened here by a second press where the first one broke off', async () => {
    const { page } = await onThisDesk()
    mock.world.switches.refuse = { 'POST /orders': 'cut' }
    await at(page, 'swap').click()
    await at(page, 'swap-yes').click()
    await at(page, 'closed').waitFor()
    await at(page, 'problem').waitFor()
    await shot(page, 'portal-swap-broken')
    mock.world.switches.refuse = {}
    await at(page, 'swap-again').click()
    await at(page, 'qr').waitFor()
    expect(new Set(heard('POST /orders').map((call) => call.body.request_id)).size).toBe(1)
  })

  it('shows that it was paid there, by itself', async () => {
    const { page, order } = await onThisDesk()
    mock.world.paidAtWechat.add(order.order_no)
    mock.world.settle(order)
    await at(page, 'paid').waitFor()
  })
})

describe('an order begun at the desk, on the phone', () => {
  it('is given up and paid there with one press', async () => {
    const order = begun('native')
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page, `/h5/order?no=${order.order_no}`)
    await at(page, 'at-desk').waitFor()
    expect(await at(page, 'order-continue').count()).toBe(0)
    await shot(page, 'h5-order-at-desk')
    await at(page, 'order-swap').click()
    await at(page, 'swap-yes').click()
    await at(page, 'result-paid').waitFor()
    expect(order.state).toBe('closed')
    expect(newest()).toMatchObject({ channel: 'jsapi', state: 'paid', amount_fen: 820000 })
  })

  it('turns out to be paid at the desk meanwhile', async () => {
    const order = begun('native')
    mock.world.switches.notices_lost = true
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page, `/h5/order?no=${order.order_no}`)
    await at(page, 'order-swap').click()
    mock.world.paidAtWechat.add(order.order_no)
    await at(page, 'swap-yes').click()
    await at(page, 'result-paid').waitFor()
    expect(heard('POST /orders')).toHaveLength(0)
  })

  it('is where confirming the same bills leads', async () => {
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page, '/h5/fees')
    await at(page, 'pay').click()
    await at(page, 'confirm-total').waitFor()
    const order = begun('native')
    await at(page, 'confirm-pay').click()
    await at(page, 'at-desk').waitFor()
    expect(page.url()).toContain(order.order_no)
  })
})

describe('orders', () => {
  it('are searched by the server', async () => {
    const page = await atDesk()
    await enterPortal(page, mock.world, { path: 'orders' })
    await at(page, 'order').first().waitFor()
    await at(page, 'more').click()
    await expect.poll(() => at(page, 'order').count()).toBe(40)
    await at(page, 'search').fill('体检费')
    await expect.poll(() => at(page, 'order').count()).toBe(11)
    await at(page, 'state-filter').selectOption('closed')
    await expect.poll(() => at(page, 'order').count()).toBe(3)
    const first = await at(page, 'order').first().innerText()
    await at(page, 'order-detail').first().click()
    await at(page, 'lines').waitFor()
    await page.goBack()
    await expect.poll(() => at(page, 'order').count()).toBe(3)
    expect(await at(page, 'order').first().innerText()).toBe(first)
    await at(page, 'from').fill('2026-09-02')
    await at(page, 'to').fill('2026-09-01')
    await page.getByText('开始日期晚于结束日期').waitFor()
    await at(page, 'to').fill('2026-09-02')
    await at(page, 'no-match').waitFor()
    await at(page, 'clear').click()
    await expect.poll(() => at(page, 'order').count()).toBe(20)
  })
})

describe('the account', () => {
  it('changes with the present password only', async () => {
    const page = await atDesk()
    await enterPortal(page, mock.world, { path: 'me' })
    await at(page, 'to-contact').click()
    await at(page, 'phone').fill('1390000')
    await at(page, 'password').fill('wrong')
    await at(page, 'send').click()
    await page.getByText('请输入 11 位手机号码').waitFor()
    await at(page, 'phone').fill('13900000999')
    await at(page, 'send').click()
    await page.getByText('当前密码不正确').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('password')
    await at(page, 'password').fill('rain-on-the-rails')
    await at(page, 'send').click()
    await at(page, 'back-to-me').click()
    await expect.poll(() => at(page, 'profile').innerText()).toContain('139****0999')

    await at(page, 'to-card').click()
    await at(page, 'bank_card').fill('4111 1111 1111 1112')
    await page.getByText('卡号校验不符').waitFor()
    await at(page, 'bank_card').fill('4111 1111 1111 1111')
    await at(page, 'password').fill('rain-on-the-rails')
    await at(page, 'send').click()
    await at(page, 'done').waitFor()
    expect(heard('POST /profile/bank-card')[0]?.body.bank_card).toBe('4111111111111111')

    await page.goto('/portal/password')
    await at(page, 'password').fill('rain-on-the-rails')
    await at(page, 'new_password').fill('x2024010999')
    await at(page, 'new_password_again').fill('x2024010999')
    mock.world.switches.refuse = {
      'POST /account/password': {
        status: 422,
        code: 'password_too_weak',
        message: '这个密码太常见，请换一个',
      },
    }
    await at(page, 'send').click()
    await page.getByText('这个密码太常见').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('new_password')
    mock.world.switches.refuse = {}
    await at(page, 'send').click()
    await at(page, 'done').waitFor()
  })

  it('loses every bound WeChat at once', async () => {
    mock.world.bound = '2024010123'
    const page = await atDesk()
    await enterPortal(page, mock.world, { path: 'me' })
    await at(page, 'unbind').click()
    await at(page, 'password').fill('rain-on-the-rails')
    await at(page, 'unbind-yes').click()
    await at(page, 'unbound').waitFor()
    expect(mock.world.bound).toBeUndefined()
  })

  it('is changed on the phone as well', async () => {
    tab = await openTab(browser, mock.address)
    const { page } = tab
    await signIn(page, '/h5/me')
    await at(page, 'to-questions').click()
    for (const row of [0, 1, 2]) await at(page, `answer_${row}`).fill(`答案${row}`)
    await at(page, 'password').fill('rain-on-the-rails')
    await at(page, 'send').click()
    await at(page, 'back-to-me').click()
    await at(page, 'to-card').waitFor()
    expect(Object.values(mock.world.people[0]!.answers)).toEqual(['答案0', '答案1', '答案2'])
  })
})

describe('a forgotten password', () => {
  async function answered(right = true) {
    const page = await atDesk()
    await page.goto('/portal/')
    await at(page, 'to-recover').click()
    await at(page, 'username').fill('2024010123')
    await solveCaptcha(page, mock.world)
    await at(page, 'send').click()
    await at(page, 'recovery_0').fill('王老师')
    await at(page, 'recovery_1').fill(right ? '西游记' : '不知道')
    await at(page, 'recovery_2').fill('某某镇')
    await at(page, 'send').click()
    return page
  }

  it('is replaced after the questions and the bound WeChat', async () => {
    mock.world.bound = '2024010123'
    const page = await answered()
    await at(page, 'recover-scan').waitFor()
    await page.reload()
    await at(page, 'qr').waitFor()

    const phone = await openTab(browser, mock.address)
    await phone.page.goto('/h5/recovery')
    await at(phone.page, 'recovery-yes').waitFor()
    await shot(phone.page, 'h5-recovery')
    await at(phone.page, 'recovery-yes').click()
    await at(phone.page, 'recovery-said').waitFor()
    expect(phone.faults).toEqual([])
    await phone.close()

    await at(page, 'new_password').fill('moon-on-the-lake')
    await at(page, 'new_password_again').fill('moon-on-the-lake')
    await at(page, 'send').click()
    await at(page, 'reason').waitFor()
    expect(mock.world.people[0]!.password).toBe('moon-on-the-lake')
  })

  it('stays where the student says that it is not him', async () => {
    mock.world.bound = '2024010123'
    const page = await answered()
    await at(page, 'recover-scan').waitFor()
    const phone = await openTab(browser, mock.address)
    await phone.page.goto('/h5/me')
    await at(phone.page, 'recovery-no').click()
    await at(phone.page, 'recovery-said').waitFor()
    await phone.close()
    await page.getByText('绑定的微信拒绝了这次找回').waitFor()
  })

  it('ends after too many wrong answers, and can be begun anew', async () => {
    const page = await answered(false)
    await page.getByText('答案不正确').waitFor()
    await at(page, 'send').click()
    await at(page, 'send').click()
    await at(page, 'recover-end').waitFor()
    await at(page, 'start-over').click()
    await at(page, 'username').fill('2024010123')
    await solveCaptcha(page, mock.world)
    await at(page, 'send').click()
    await at(page, 'recovery_0').waitFor()
  })
})
