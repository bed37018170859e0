import { NoAnswer, sentenceOf } from '../../shared/errors'
import { mark } from '../../shared/words/words'

/** Why a step of paying did not come through. Where no answer came, nobody shall fear to pay twice. */
export const payProblem = (why: unknown): string =>
  why instanceof NoAnswer
    ? mark('%{problem}，不会重复扣款', { problem: sentenceOf(why) })
    : sentenceOf(why)
