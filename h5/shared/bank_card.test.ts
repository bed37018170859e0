import { describe, expect, it } from 'vitest'
import { looksLikeCard, tidyCard } from './bank_card'

describe('a card number', () => {
  it.each(['4111111111111111', '5500000000000004', '6200000000000000000'])(
    'with the right check digit: %s',
    (number) => expect(looksLikeCard(number)).toBe(true),
  )

  it.each([
    ['another last digit', '4111111111111112'],
    ['two digits exchanged', '4111111111111171'],
    ['too short', '41111111111'],
    ['too long', '41111111111111111111'],
    ['letters', '411111111111111X'],
    ['nothing', ''],
  ])('is doubted with %s', (_why, number) => expect(looksLikeCard(number)).toBe(false))

  it('may be typed in groups', () => {
    expect(looksLikeCard(tidyCard('4111 1111-1111 1111'))).toBe(true)
  })
})
