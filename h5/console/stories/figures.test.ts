import { describe, expect, it } from 'vitest'
import { labelStep, rateText, shareOf, shortYuan, ticksOf } from './figures'

describe('rates', () => {
  it('are cut off, so that only what is paid to the last fen is whole', () => {
    expect(rateText(9_999_999, 10_000_000)).toBe('99.9%')
    expect(rateText(10_000_000, 10_000_000)).toBe('100.0%')
    expect(rateText(1, 3)).toBe('33.3%')
    expect(rateText(0, 5)).toBe('0.0%')
    expect(rateText(0, 0)).toBe('')
  })

  it('are exact where a product leaves what a number can hold', () => {
    const whole = 9_007_199_254_740_991
    expect(rateText(whole - 1, whole)).toBe('99.9%')
  })
})

describe('axes', () => {
  it('reach the most in few round steps', () => {
    for (const most of [0, 1, 99, 100, 12_345, 123_456_789, 98_765_432_100]) {
      const ticks = ticksOf(most)
      expect(ticks[0]).toBe(0)
      expect(ticks[ticks.length - 1]).toBeGreaterThanOrEqual(most)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.length).toBeGreaterThan(1)
      ticks.forEach((tick) => expect(Number.isSafeInteger(tick)).toBe(true))
    }
    expect(ticksOf(400_00)).toEqual([0, 10_000, 20_000, 30_000, 40_000])
  })

  it('have short words', () => {
    expect(shortYuan(0)).toBe('0')
    expect(shortYuan(350_000)).toBe('3500')
    expect(shortYuan(120_000_000)).toBe('120万')
    expect(shortYuan(1_500_000)).toBe('1.5万')
    expect(shortYuan(23_000_000_000)).toBe('2.3亿')
  })

  it('leave labels out where there is no room', () => {
    expect(labelStep(10, 1000, 50)).toBe(1)
    expect(labelStep(366, 300, 50)).toBe(61)
    expect(labelStep(5, 0, 50)).toBeGreaterThan(0)
  })

  it('draw no bar longer than its place', () => {
    expect(shareOf(5, 0)).toBe(0)
    expect(shareOf(7, 5)).toBe(1)
    expect(shareOf(-1, 5)).toBe(0)
  })
})
