import { beforeEach, describe, expect, it } from 'vitest'
import { aBill } from '../../dev/samples'
import { chosenOf, forgetPart, isPart, takesParts, typePart } from './parts'

const parted = (payable_fen = 700000, least_part_fen = Math.min(10000, payable_fen)) =>
  aBill({ due_fen: payable_fen, least_part_fen })

beforeEach(() => forgetPart('1'))

it('offers parts only where there is a part to pay', () => {
  expect(takesParts(parted())).toBe(true)
  expect(takesParts(parted(10000))).toBe(false)
  expect(takesParts(parted(9999))).toBe(false)
  expect(takesParts(aBill())).toBe(false)
  expect(takesParts({ ...parted(), state: 'window_closed' })).toBe(false)
})

describe('what is typed', () => {
  it('is the whole at first', () => {
    expect(chosenOf(parted())).toEqual({ text: '7000.00', fen: 700000, fault: '' })
  })

  it.each([
    ['3000', 300000, ''],
    ['100', 10000, ''],
    ['6999.99', 699999, ''],
    ['7000.00', 700000, ''],
    ['99.99', 0, '每次至少缴 100.00\u00a0元'],
    ['0', 0, '每次至少缴 100.00\u00a0元'],
    ['7000.01', 0, '最多可缴 7,000.00\u00a0元'],
    ['', 0, '请填写金额，最多两位小数'],
    ['12.345', 0, '请填写金额，最多两位小数'],
  ])('“%s” pays %i: %s', (text, fen, fault) => {
    typePart(parted(), text)
    expect(chosenOf(parted())).toEqual({ text, fen, fault })
  })

  it('does not outlive the sum that it was a part of', () => {
    typePart(parted(), '3000')
    expect(chosenOf(parted(400000)).fen).toBe(400000)
    expect(chosenOf(aBill()).fen).toBe(700000)
  })
})

it.each([
  [9999, false],
  [10000, true],
  [699999, true],
  [700000, false],
  [700001, false],
])('%i fen as a part: %s', (fen, is) => expect(isPart(parted(), fen)).toBe(is))
