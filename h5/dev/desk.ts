// The frame of page tests at a desk: one browser, one mock and one tab per screen size, every page looked at in the
// same way. Pages at a desk are pressed with a mouse.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { expectDecent, launch, openTab, shot, type Phone as Screen, type Tab } from './browser'
import { startMock } from './mock.mjs'

export type Mock = Awaited<ReturnType<typeof startMock>>

export const forAMouse = { width: 32, height: 31.5 }

/** What is looked at always, and with PAGES=all the rest, which differs little. */
export function screensOf(
  always: readonly string[],
  rest: readonly string[],
): (readonly [string, Screen])[] {
  const heights: Record<string, number> = { 390: 844, 1024: 768, 1440: 900, 3840: 2160 }
  const screen = (name: string): readonly [string, Screen] => {
    const [width = '', how] = name.split('-')
    const size = { width: Number(width), height: heights[width] ?? 900 }
    return [name, { ...size, dark: how === 'dark', english: how === 'english' }]
  }
  return [...always, ...(process.env['PAGES'] === 'all' ? rest : [])].map(screen)
}

/** A browser for all tests of the file. */
export function useBrowser(): () => Browser {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())
  return () => browser
}

/** A mock and a tab for the tests of one describe; `look` keeps a picture and holds every page to what it owes. */
export function useDesk(
  browser: () => Browser,
  entry: string,
  name: string,
  screen: Screen,
  /** names and codes in Latin letters belong to what is shown */
  latin = false,
) {
  let mock: Mock
  let tab: Tab
  beforeAll(async () => {
    mock = await startMock()
    tab = await openTab(browser(), mock.address, { ...screen, wechat: false })
  })
  afterAll(async () => {
    await tab.close()
    mock.close()
  })
  return {
    mock: () => mock,
    page: () => tab.page,
    async look(page: string): Promise<void> {
      await shot(tab.page, `${entry}-${page}-${name}`)
      await expectDecent(tab.page, tab.faults, `${page} ${name}`, forAMouse, latin)
    },
  }
}
