import { NoAnswer, sentenceOf } from '../../shared/errors'
import { mark } from '../../shared/words/words'

/** Why a step of paying did not come through. Where no answer came, nobody shall fear to pay twice. */
export const payProblem = (why: unknown): string =>
  why instanceof NoAnswer
    ? mark('%{sentence}，不会重复扣款', { sentence: sentenceOf(why) })
    : sentenceOf(why)
