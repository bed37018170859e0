// Chromium with an empty profile, WeChat played by a user agent and a stub of its bridge. Every page that
// reports a script error, breaks the security policy or asks a third party fails its test.
import AxeBuilder from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { expect } from 'vitest'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
  })

const wechatAgent =
  'Mozilla/5.0 (Linux; Android 13; V2241A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 ' +
  'Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49.2600(0x28003133) NetType/WIFI Language/zh_CN'

export interface Phone {
  width?: number
  height?: number
  dark?: boolean
  /** system type size, 1.4 is the largest step of most phones */
  type?: number
  /** in WeChat, and what its pay sheet will say; `never` opens and stays silent */
  wechat?: 'ok' | 'cancel' | 'fail' | 'never' | false
  bridgeAfterMs?: number
  /** somebody who has chosen English here before */
  english?: boolean
}

/** Runs in the page, before its scripts. The sheet's answer can be changed through localStorage. */
function playWechat(how: { word: string; afterMs: number }): void {
  const invoke = async (
    _name: string,
    args: { package: string },
    answer: (result: object) => void,
  ) => {
    const word = localStorage.getItem('sheet') ?? how.word
    if (word === 'never') return
    const body = JSON.stringify({ package: args.package })
    if (word === 'ok') await fetch('/dev/wechat-paid', { method: 'POST', body })
    setTimeout(() => answer({ err_msg: `get_brand_wcpay_request:${word}` }), 50)
  }
  setTimeout(() => {
    Object.assign(window, { WeixinJSBridge: { invoke, call: () => undefined } })
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
  }, how.afterMs)
}

export interface Tab {
  page: Page
  context: BrowserContext
  /** what went wrong in the page so far */
  faults: string[]
  close: () => Promise<void>
}

export async function openTab(browser: Browser, address: string, phone: Phone = {}): Promise<Tab> {
  const word = phone.wechat ?? 'ok'
  const context = await browser.newContext({
    baseURL: address,
    locale: 'zh-CN',
    viewport: { width: phone.width ?? 390, height: phone.height ?? 780 },
    deviceScaleFactor: 1,
    colorScheme: phone.dark ? 'dark' : 'light',
    ...(word ? { userAgent: wechatAgent } : {}),
  })
  // Generous, because a busy machine is no fault of a page.
  context.setDefaultTimeout(60_000)
  context.setDefaultNavigationTimeout(60_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('console', (said) => {
    // Refusals and cut connections are part of what is tried here.
    const expected = /Failed to load resource/.test(said.text())
    if (said.type() === 'error' && !expected) faults.push(`console: ${said.text()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) faults.push(`third party: ${request.url()}`)
  })
  if (word) await page.addInitScript(playWechat, { word, afterMs: phone.bridgeAfterMs ?? 0 })
  if (phone.english) {
    await page.addInitScript(() => localStorage.setItem('campus.language', 'en'))
  }
  if (phone.type) {
    const size = `${phone.type * 100}%`
    await page.addInitScript((size) => {
      document.addEventListener('DOMContentLoaded', () => {
        document.documentElement.style.setProperty('font-size', size)
      })
    }, size)
  }
  return { page, context, faults, close: () => context.close() }
}

export const at = (page: Page, testid: string) => page.getByTestId(testid)

/** has a bill of every kind there is */
export const everyKind = '2023030789'

export async function signIn(page: Page, back = '/h5/', student_no = '2024010123'): Promise<void> {
  await page.goto(back)
  await at(page, 'username').fill(student_no)
  await at(page, 'password').fill('rain-on-the-rails')
  await at(page, 'sign-in').click()
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
}

/** Things every page owes everybody. */
export async function expectDecent(
  page: Page,
  faults: string[],
  where: string,
  /** how large what can be pressed has to be; a finger needs more than a mouse */
  least = { width: 44, height: 47.5 },
  /** names and codes in Latin letters belong to what is shown */
  latin = false,
): Promise<void> {
  // What still fades in has the contrast of a half-way colour. A wheel that turns never ends.
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime as number))
    return Promise.allSettled(ending.map((one) => one.finished))
  })
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(
    violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`),
    `${where}: accessibility`,
  ).toEqual([])
  const measures = await page.evaluate((least) => {
    const small: string[] = []
    const controls = 'a[href], button, label, input, select'
    for (const control of document.querySelectorAll<HTMLElement>(controls)) {
      const { width, height } = control.getBoundingClientRect()
      const hidden = width <= 1 || getComputedStyle(control).opacity === '0'
      // What only names a control, or is pressed through the label around it.
      const part = control.matches('.field-label, .tool label, .crumb a, label input')
      if (!hidden && !part && (height < least.height || width < least.width)) {
        small.push(`${control.outerHTML.slice(0, 90)} ${width}×${height}`)
      }
    }
    const { scrollWidth, clientWidth } = document.documentElement
    return { small, overflow: scrollWidth - clientWidth }
  }, least)
  expect(measures, `${where}: measures`).toEqual({ small: [], overflow: 0 })
  expect(faults, `${where}: faults`).toEqual([])
  if (latin) return
  expect(await strangeWords(page), `${where}: words of another language`).toEqual([])
}

/** What is written in another language than the page, and does not say so: English in Chinese, Chinese in English. */
const strangeWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const english = document.documentElement.lang === 'en'
    const strange = english ? /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/ : /[A-Za-z]{3,}/
    const own = english ? 'en' : 'zh-CN'
    // Numbers, addresses, and the names that stand on keys.
    const numbers = /[Pp]\d{6,}\w*|https?:\S+|\S+@\S+|\b(?:PageUp|PageDown|Esc|Enter)\b/g
    const found: string[] = []
    const look = (element: Element, text: string | null) => {
      const said = element.closest('[lang]')?.getAttribute('lang')
      if (said !== own || element.closest('script, style, noscript')) return
      if (strange.test((text ?? '').replace(numbers, ''))) found.push((text ?? '').trim())
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) look(texts.currentNode.parentElement!, texts.currentNode.nodeValue)
    // Not placeholders: what the school wants to be filled in, it says there in its own language.
    for (const element of document.body.querySelectorAll('*')) {
      for (const name of ['aria-label', 'alt', 'title', 'data-label']) {
        look(element, element.getAttribute(name))
      }
    }
    if (strange.test(document.title)) found.push(document.title)
    return found
  })

/** How much of what was seen has moved since the page was loaded; 0 is a page that stands still. */
export const jumps = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0
        new PerformanceObserver((seen) =>
          seen
            .getEntries()
            .forEach((entry) => (sum += (entry as unknown as { value: number }).value)),
        ).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => done(sum), 300)
      }),
  )

/** Keeps a picture in the folder $SHOTS, if there is one. */
export async function shot(page: Page, name: string, fullPage = false): Promise<void> {
  const path = `${process.env['SHOTS']}/${name}.png`
  if (process.env['SHOTS']) await page.screenshot({ path, fullPage, animations: 'disabled' })
}
