import { describe, expect, it } from 'vitest'
import { aBill, aBillStory } from '../../dev/samples'
import { otherChange, otherPaid, termsOf } from './bill_story'

const paper = { reason: '', paper_no: '', at_ms: 1 }

describe('the sums of a story', () => {
  it('add up by themselves as a rule', () => {
    expect(otherChange(aBillStory())).toBe(0)
    expect(otherPaid(aBillStory())).toBe(0)
  })

  it('name what neither papers nor orders explain', () => {
    const story = aBillStory({
      bill: aBill({ due_fen: 600000, paid_fen: 250000 }),
      adjustments: [{ ...paper, kind: 'reduction', amount_fen: -50000 }],
      payments: [{ order_no: 'A1', amount_fen: 200000, refunded_fen: 50000, paid_at: 1 }],
    })
    expect(otherChange(story)).toBe(-50000)
    expect(otherPaid(story)).toBe(100000)
  })
})

describe('a term', () => {
  const terms = [
    { ...paper, kind: 'loan' as const, amount_fen: 1, until: 200 },
    { ...paper, kind: 'deferral' as const, amount_fen: 0, until: 100 },
    { ...paper, kind: 'loan' as const, amount_fen: 2, until: 300 },
  ]
  it.each([
    [99, [true, false, false]],
    [100, [true, true, false]],
    [300, [true, true, true]],
  ])('is over at %i where its day has passed or a newer one counts', (now, over) =>
    expect(termsOf(aBillStory({ terms }), now).map((one) => one.over)).toEqual(over),
  )
})
