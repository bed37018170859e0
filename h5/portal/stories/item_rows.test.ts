import { expect, it } from 'vitest'
import type { Choice, SignUp } from '../../shared/api/choices'
import { rowOf, search, windowWord } from './item_rows'

const aChoice = (more: Partial<Choice> = {}): Choice => ({
  item_id: '1',
  item: '驾驶培训',
  category: 'enrolment',
  period: '2026',
  merchant_name: '学院',
  state: 'open',
  price_fen: 3000,
  form: [],
  ...more,
})
const aSignUp = (more: Partial<SignUp> = {}): SignUp => ({
  sign_up_id: '7',
  item_id: '1',
  item: '驾驶培训',
  category: 'enrolment',
  period: '2026',
  state: 'held',
  amount_fen: 3000,
  order_no: 'A00001',
  created_at: 0,
  can_cancel: true,
  ...more,
})
const said = (more: Partial<Choice>) => {
  const { word, act } = rowOf(aChoice(more))
  return [word, act?.word, act?.to]
}

it('an unfinished order comes before anything else', () => {
  expect(said({ own: aSignUp() })).toEqual(['待支付', '继续支付', '/projects/pay?order=A00001'])
  expect(said({ category: 'living', unfinished_order_no: 'A2' })).toEqual([
    '待支付',
    '继续支付',
    '/living/pay?order=A2',
  ])
})

it('what was done leads to its order, and without one nowhere', () => {
  const own = aSignUp({ state: 'done' })
  expect(said({ own })).toEqual(['已成功', '明细', '/order?no=A00001'])
  delete own.order_no
  expect(said({ own })).toEqual(['已成功', undefined, undefined])
})

it('only what is open may be chosen', () => {
  expect(said({})).toEqual(['可报名', '报名', '/projects/choose?item=1'])
  expect(said({ category: 'other' })).toEqual(['可办理', '办理', '/other/choose?item=1'])
  expect(said({ category: 'living' })).toEqual(['可充值', '充值', '/living/choose?item=1'])
  expect(said({ state: 'full' })).toEqual(['名额已满', undefined, undefined])
  expect(said({ state: 'not_yet_open' })).toEqual(['未开放', undefined, undefined])
  expect(said({ state: 'window_closed' })).toEqual(['已截止', undefined, undefined])
})

it('says the window in Beijing’s time', () => {
  const open_from = Date.UTC(2026, 8, 1, 0, 0)
  const open_until = Date.UTC(2026, 8, 10, 15, 59)
  expect(windowWord(aChoice())).toBe('')
  expect(windowWord(aChoice({ open_from }))).toBe('2026-09-01 08:00 起')
  expect(windowWord(aChoice({ open_until }))).toBe('2026-09-10 23:59 截止')
  expect(windowWord(aChoice({ open_from, open_until }))).toBe(
    '2026-09-01 08:00 至 2026-09-10 23:59',
  )
  const days = { open_from: Date.UTC(2026, 7, 31, 16), open_until: Date.UTC(2026, 8, 10, 16) }
  expect(windowWord(aChoice(days))).toBe('2026-09-01 至 2026-09-10')
})

it('finds by name, words and state', () => {
  const rows = [aChoice(), aChoice({ item: '茶艺', state: 'full', description: '周末' })].map(rowOf)
  const found = (text: string) => search(rows, text).map((row) => row.choice.item)
  expect(found(' ')).toEqual(['驾驶培训', '茶艺'])
  expect(found(' 驾驶 ')).toEqual(['驾驶培训'])
  expect(found('周末')).toEqual(['茶艺'])
  expect(found('已满')).toEqual(['茶艺'])
  expect(found('没有')).toEqual([])
})
