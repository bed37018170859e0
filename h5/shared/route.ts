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
  /** what is remembered with this entry of the history through Back and reload, but stands in no address */
  kept: Kept
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

type Kept = Readonly<Record<string, string>>

interface Entry {
  at: number
  kept?: Kept
  /** the address it was opened over, where it is another look at the same page */
  over?: string
}

export const here: Here = shallowReactive({
  path: '/',
  query: new URLSearchParams(),
  full: '/',
  kept: {},
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

const entryNow = () => (history.state ?? { at }) as Partial<Entry>

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
  const { kept = {} } = entryNow()
  Object.assign(here, { path, query: searchParams, full, kept, page, visit: mine })
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

/**
 * Another query of the page that is here, which stays as it is: what is looked for, what is opened beside the list.
 * `over` makes an entry of its own, so that Back returns to the query before.
 */
export function requery(
  query: Record<string, string>,
  { kept = here.kept, over = false }: { kept?: Kept; over?: boolean } = {},
): void {
  const full = address(here.path, query)
  if (over) {
    scrolled.set(at, scrollY)
    const entry: Entry = { at: ++at, kept, over: here.full }
    history.pushState(entry, '', href(full))
  } else {
    history.replaceState({ ...entryNow(), at, kept }, '', href(full))
  }
  Object.assign(here, { query: new URLSearchParams(query), full, kept })
}

/** Back to this query of the page: through the history where that is where one came from. */
export function unquery(query: Record<string, string>): void {
  if (entryNow().over === address(here.path, query)) history.back()
  else requery(query)
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
  at = entryNow().at ?? 0
  history.replaceState({ ...entryNow(), at } satisfies Entry, '')
  addEventListener('popstate', whenPopped)
  void show(fullNow(), 0)
}
