// A person without a mouse: goes from stop to stop, and sees where he is.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** The test id of what has the focus, or its tag. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const it = document.activeElement
    return it?.getAttribute('data-testid') ?? it?.tagName.toLowerCase() ?? ''
  })

/** Whether somebody who looks at the page sees which control has the focus. */
const isSeen = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const it = document.activeElement
    if (!(it instanceof HTMLElement) || it === document.body) return false
    const { width, height, top, bottom } = it.getBoundingClientRect()
    const { outlineStyle, outlineWidth } = getComputedStyle(it)
    const ring = outlineStyle !== 'none' && outlineWidth !== '0px'
    return ring && width > 1 && height > 1 && bottom > 0 && top < innerHeight
  })

/** Presses Tab until the control has the focus; every stop on the way has to show that it has it. */
export async function tabTo(page: Page, testid: string, most = 80): Promise<void> {
  for (let press = 0; press < most; press++) {
    await page.keyboard.press('Tab')
    const stop = await focused(page)
    if (stop !== 'body') expect(await isSeen(page), `focus on ${stop}`).toBe(true)
    if (stop === testid) return
  }
  throw new Error(`${testid} is not reached by the keyboard`)
}
