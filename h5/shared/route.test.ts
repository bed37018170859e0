import { beforeEach, expect, it, vi } from 'vitest'
import { address, go, here, href, replace, requery, startRouting, unquery } from './route'

const page = (title: string, open = false) => ({ component: {}, title, open })
const pages = {
  '/': page('首页'),
  '/fees': page('费用'),
  '/order': page('订单'),
  '/sign-in': page('登录', true),
}
let signedIn = true
let over = 0
const scrolls: number[] = []

vi.stubGlobal('scrollTo', (_x: number, y: number) => scrolls.push(y))
startRouting({
  base: '/h5',
  pages,
  home: '/',
  instead: async (page, full) =>
    page.open || signedIn ? undefined : address('/sign-in', { back: full }),
  closeOver: () => over-- > 0,
})

const popped = () =>
  new Promise((resolve) =>
    addEventListener('popstate', () => setTimeout(resolve, 5), { once: true }),
  )

beforeEach(async () => {
  signedIn = true
  over = 0
  vi.stubGlobal('scrollTo', (_x: number, y: number) => scrolls.push(y))
  await replace('/')
  scrolls.length = 0
})

it('makes addresses', () => {
  expect(address('/order', { no: 'A1', why: '中' })).toBe('/order?no=A1&why=%E4%B8%AD')
  expect(address('/fees')).toBe('/fees')
  expect(href('/order?no=1')).toBe('/h5/order?no=1')
})

it('shows the page, its query and its title', async () => {
  await go('/order?no=A1')
  expect(here.path).toBe('/order')
  expect(here.query.get('no')).toBe('A1')
  expect(document.title).toBe('订单')
  expect(location.pathname + location.search).toBe('/h5/order?no=A1')
})

it('goes back to where one had scrolled to', async () => {
  await go('/fees')
  vi.stubGlobal('scrollY', 640)
  await go('/order?no=A1')
  expect(scrolls).toEqual([0, 0])
  history.back()
  await popped()
  expect(here.path).toBe('/fees')
  expect(scrolls).toEqual([0, 0, 640])
})

it('does not come back to a page that was replaced', async () => {
  await go('/fees')
  await go('/order?no=A1')
  await replace('/order?no=B2')
  history.back()
  await popped()
  expect(here.full).toBe('/fees')
})

it('leads elsewhere whoever may not see a page', async () => {
  signedIn = false
  await go('/order?no=A1')
  expect(here.path).toBe('/sign-in')
  expect(here.query.get('back')).toBe('/order?no=A1')
  expect(location.pathname).toBe('/h5/sign-in')
})

it('knows no other addresses', async () => {
  await go('/nothing')
  expect(here.path).toBe('/')
  await go('/fees/')
  expect(here.path).toBe('/fees')
})

it('closes what lies over the page before it goes back', async () => {
  await go('/fees')
  over = 1
  history.back()
  await popped()
  await vi.waitFor(() => expect(location.pathname).toBe('/h5/fees'))
  expect(here.path).toBe('/fees')
  history.back()
  await popped()
  expect(here.path).toBe('/')
})

it('shows only where one went last', async () => {
  await Promise.all([go('/fees'), go('/order?no=A1')])
  expect(here.path).toBe('/order')
})

it('asks the same page something else, without another visit', async () => {
  await go('/order?no=A1')
  const { visit } = here
  requery({ no: 'A2' }, { kept: { name: '张' } })
  expect([here.full, here.query.get('no'), here.visit]).toEqual(['/order?no=A2', 'A2', visit])
  expect(location.search).toBe('?no=A2')
  await go('/fees')
  expect(here.kept).toEqual({})
  history.back()
  await popped()
  expect([here.full, here.kept]).toEqual(['/order?no=A2', { name: '张' }])
})

it('opens over a query, and goes back to it by either way', async () => {
  await go('/order?state=paid')
  requery({ state: 'paid', id: '1' }, { over: true })
  requery({ state: 'paid', id: '2' })
  history.back()
  await popped()
  expect(here.full).toBe('/order?state=paid')

  requery({ state: 'paid', id: '1' }, { over: true })
  const length = history.length
  unquery({ state: 'paid' })
  await popped()
  expect([here.full, history.length]).toEqual(['/order?state=paid', length])

  requery({ state: 'paid', id: '1' }, { over: true })
  // What was looked for has changed meanwhile: what one came from is not where one wants to be.
  unquery({ state: 'closed' })
  expect(here.full).toBe('/order?state=closed')
})
