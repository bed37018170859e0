// States of what one has chosen, in the words that students read.
import type { Choice, SignUp, TopUp } from '../api/choices'
import { yuan } from '../money'
import type { Tone } from './words'
import { mark, said, t, tn } from '../words/words'

interface Said {
  word: string
  tone: Tone
}

export const signUpWord: Record<SignUp['state'], Said> = {
  held: { word: mark('待支付'), tone: 'wait' },
  done: { word: mark('已成功'), tone: 'good' },
  closed: { word: mark('已关闭'), tone: 'plain' },
  cancelled: { word: mark('已取消'), tone: 'plain' },
  refunded: { word: mark('已退款'), tone: 'plain' },
}

export function topUpWord({ state, delivery }: TopUp): Said {
  if (state === 'open') return { word: mark('待支付'), tone: 'wait' }
  if (state === 'closed') return { word: mark('已关闭'), tone: 'plain' }
  switch (delivery) {
    case 'delivered':
      return { word: mark('已到账'), tone: 'good' }
    case 'returned':
      return { word: mark('已退款'), tone: 'plain' }
    case 'held_up':
      return { word: mark('已支付，学校正在处理'), tone: 'wait' }
    default:
      return { word: mark('已支付，正在到账'), tone: 'wait' }
  }
}

/** "¥120.00", "免费" or "10.00 至 500.00 元" */
export function priceWord(choice: Choice): string {
  if (choice.price_fen !== undefined) {
    return choice.price_fen === 0 ? t('免费') : `¥${yuan(choice.price_fen)}`
  }
  return t('%{least} 至 %{most} 元', {
    least: yuan(choice.min_fen ?? 0),
    most: yuan(choice.max_fen ?? 0),
  })
}

/** Why it cannot be chosen now, or how many places are left; nothing where there is nothing to say. */
export function choiceNote(choice: Choice): string {
  if (choice.state !== 'open') return said(choice.note ?? '')
  return choice.places_left === undefined ? '' : tn('剩余名额 %{n}', choice.places_left)
}
