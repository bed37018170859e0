// States of what one has chosen, in the words that students read.
import type { Choice, SignUp, TopUp } from '../api/choices'
import { yuan } from '../money'
import type { Tone } from './words'

interface Said {
  word: string
  tone: Tone
}

export const signUpWord: Record<SignUp['state'], Said> = {
  held: { word: '待支付', tone: 'wait' },
  done: { word: '已成功', tone: 'good' },
  closed: { word: '已关闭', tone: 'plain' },
  cancelled: { word: '已取消', tone: 'plain' },
  refunded: { word: '已退款', tone: 'plain' },
}

export function topUpWord({ state, delivery }: TopUp): Said {
  if (state === 'open') return { word: '待支付', tone: 'wait' }
  if (state === 'closed') return { word: '已关闭', tone: 'plain' }
  switch (delivery) {
    case 'delivered':
      return { word: '已到账', tone: 'good' }
    case 'returned':
      return { word: '已退款', tone: 'plain' }
    case 'held_up':
      return { word: '已支付，学校正在处理', tone: 'wait' }
    default:
      return { word: '已支付，正在到账', tone: 'wait' }
  }
}

/** "¥120.00", "免费" or "10.00 至 500.00 元" */
export function priceWord(choice: Choice): string {
  if (choice.price_fen !== undefined) {
    return choice.price_fen === 0 ? '免费' : `¥${yuan(choice.price_fen)}`
  }
  return `${yuan(choice.min_fen ?? 0)} 至 ${yuan(choice.max_fen ?? 0)} 元`
}

/** Why it cannot be chosen now, or how many places are left; nothing where there is nothing to say. */
export function choiceNote(choice: Choice): string {
  if (choice.state !== 'open') return choice.note ?? ''
  return choice.places_left === undefined ? '' : `剩余名额 ${choice.places_left}`
}
