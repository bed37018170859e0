// A router of one screen for pages that are few, flat and all loaded: it weighs a tenth of the usual one,
// which matters on a phone in the queue at the registration desk.
import { nextTick, shallowReactive, watchEffect, type Component } from 'vue'
import { said } from './words/words'

export interface Page {
  component: Component
  /** marked; said where it is shown */
  title: string
  /** may be seen without being signed in */
  open?: boolean
}

export interface Here {
  /** "/order", without the base */
  path: string
  query: URLSearchParams
  /** path and query, to come back to */
  full: string
  /** nothing yet while the first page is being decided */
  page: Page | undefined
  /** another number for every arrival */
  visit: number
}

interface Plan {
  base: string
  pages: Record<string, Page>
  /** where unknown addresses lead */
  home: string
  /** another place to go to instead, if this one is not allowed now */
  instead: (page: Page, full: string) => Promise<string | undefined>
  /** closes what lies over the page (a menu, a question); true if there was something */
  closeOver: () => boolean
}

interface Entry {
  at: number
}

export const here: Here = shallowReactive({
  path: '/',
  query: new URLSearchParams(),
  full: '/',
  page: undefined,
  visit: 0,
})

// The browser's title, in the reader's language of the moment.
watchEffect(
  () => {
    if (here.page) document.title = said(here.page.title)
  },
  { flush: 'sync' },
)

let plan: Plan
let at = 0
let newest = 0
let putBack = false
const scrolled = new Map<number, number>()

/** "/order" and { no: "1" } make "/order?no=1" */
export function address(path: string, query: Record<string, string> = {}): string {
  const text = new URLSearchParams(query).toString()
  return text ? `${path}?${text}` : path
}

/** What an address inside the base looks like to the browser. */
export const href = (full: string) => plan.base + full

function fullNow(): string {
  const { pathname, search } = location
  const inside = pathname.startsWith(`${plan.base}/`) ? pathname.slice(plan.base.length) : plan.home
  return inside + search
}

async function show(full: string, top: number): Promise<void> {
  const mine = ++newest
  const { pathname, searchParams } = new URL(full, location.origin)
  // "/fees/" is "/fees"; a path nobody knows is home.
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname
  const page = plan.pages[path]
  const other = page ? await plan.instead(page, full) : plan.home
  if (mine !== newest) return
  if (!page || other !== undefined) return replace(other ?? plan.home)
  Object.assign(here, { path, query: searchParams, full, page, visit: mine })
  await nextTick()
  scrollTo(0, top)
}

/** On to another page; Back returns. Going to where one is changes nothing. */
export async function go(full: string): Promise<void> {
  if (full === here.full) return
  plan.closeOver()
  scrolled.set(at, scrollY)
  const entry: Entry = { at: ++at }
  history.pushState(entry, '', href(full))
  await show(full, 0)
}

/** Another page in the place of this one; Back does not return here. */
export async function replace(full: string): Promise<void> {
  plan.closeOver()
  const entry: Entry = { at }
  history.replaceState(entry, '', href(full))
  await show(full, 0)
}

function whenPopped(event: PopStateEvent): void {
  if (putBack) {
    putBack = false
    return
  }
  const target = (event.state as Entry | null)?.at ?? 0
  // Android's Back closes what lies over the page first, and only that.
  if (plan.closeOver() && target !== at) {
    putBack = true
    history.go(at - target)
    return
  }
  scrolled.set(at, scrollY)
  at = target
  void show(fullNow(), scrolled.get(at) ?? 0)
}

/** Shows the page of the present address and follows the browser from now on. */
export function startRouting(how: Plan): void {
  plan = how
  document.title = said(document.title)
  history.scrollRestoration = 'manual'
  at = (history.state as Entry | null)?.at ?? 0
  history.replaceState({ at } satisfies Entry, '')
  addEventListener('popstate', whenPopped)
  void show(fullNow(), 0)
}
