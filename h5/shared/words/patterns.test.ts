// @vitest-environment node
import { expect, it } from 'vitest'
import { patternOf } from './patterns'

it('finds the values of a sentence', () => {
  const pattern = patternOf('还需支付 %{amount} 元，共 %{n} 项')
  expect(pattern?.valuesOf('还需支付 1,500.00 元，共 3 项')).toEqual({ amount: '1,500.00', n: '3' })
  expect(pattern?.valuesOf('还需支付 1,500.00 元')).toBeUndefined()
})

it('takes letters that mean something in patterns as they are', () => {
  expect(patternOf('%{a}(%{b})')?.valuesOf('学费(2025)')).toEqual({ a: '学费', b: '2025' })
})

it('takes for a number or a day only what is one', () => {
  const year = patternOf('%{year}级')
  expect(year?.valuesOf('2026级')).toEqual({ year: '2026' })
  expect(year?.valuesOf('英语四级')).toBeUndefined()
  expect(patternOf('截止 %{day}')?.valuesOf('截止 明天')).toBeUndefined()
})

it('knows nothing of sentences without values', () => expect(patternOf('学费')).toBeUndefined())
