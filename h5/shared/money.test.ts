// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { fenOf, sum, yuan } from './money'

describe('yuan', () => {
  it.each([
    [0, '0.00'],
    [1, '0.01'],
    [10, '0.10'],
    [99, '0.99'],
    [100, '1.00'],
    [99_999, '999.99'],
    [100_000, '1,000.00'],
    [123_450, '1,234.50'],
    [700_000, '7,000.00'],
    [123_456_789, '1,234,567.89'],
    [-123_450, '-1,234.50'],
    [Number.MAX_SAFE_INTEGER, '90,071,992,547,409.91'],
  ])('%i fen is %s', (fen, text) => expect(yuan(fen)).toBe(text))

  it('agrees with big integers over many amounts', () => {
    for (let fen = 1; fen < 2 ** 52; fen = fen * 3 + 7) {
      const digits = String(BigInt(fen)).padStart(3, '0')
      const plain = `${digits.slice(0, -2)}.${digits.slice(-2)}`
      expect(yuan(fen).replace(/,/g, '')).toBe(plain)
    }
  })

  it.each([0.1, NaN, Infinity, 2 ** 53])('refuses %s', (fen) =>
    expect(() => yuan(fen)).toThrow(RangeError),
  )
})

describe('fenOf', () => {
  it.each([
    ['0', 0],
    ['0.01', 1],
    ['0.1', 10],
    ['0.10', 10],
    ['1.', 100],
    ['007', 700],
    ['19.99', 1999],
    ['1234.5', 123_450],
    ['1,234.50', 123_450],
    ['1,234,567.89', 123_456_789],
    [' 3 000 ', 300_000],
    ['¥300', 30_000],
    ['￥300.00元', 30_000],
    ['３０００．５', 300_050],
    ['3000。5', 300_050],
    ['90071992547409.91', Number.MAX_SAFE_INTEGER],
  ])('“%s” is %i fen', (text, fen) => expect(fenOf(text)).toBe(fen))

  it.each(['', ' ', '.', '.5', '1.234', '1.2.3', '-1', '+1', '1e3', '0x10', '12,34', ',100'])(
    '“%s” is no amount',
    (text) => expect(fenOf(text)).toBeUndefined(),
  )
  it.each(['一百', '100块', '90071992547409.92', '9'.repeat(400)])('“%s” is no amount', (text) =>
    expect(fenOf(text)).toBeUndefined(),
  )

  it('reads back whatever yuan writes', () => {
    for (let fen = 1; fen < 2 ** 52; fen = fen * 3 + 7) expect(fenOf(yuan(fen))).toBe(fen)
  })
})

it('adds without leaving integers', () => {
  expect(sum([])).toBe(0)
  expect(sum([10, 20, 700_000])).toBe(700_030)
})
