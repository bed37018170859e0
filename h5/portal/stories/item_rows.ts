// The rows of 其他费用, 生活缴费 and 报名信息: what each says about itself, and what may be done.
import type { Choice } from '../../shared/api/choices'
import { dayText, hourText, minuteText } from '../../shared/dates'
import { address } from '../../shared/route'
import { signUpWord } from '../../shared/stories/choice_words'
import { lists } from '../../shared/stories/chosen'
import type { Tone } from '../../shared/stories/words'
import { mark, t } from '../../shared/words/words'
import { found } from './reading'

export interface ItemRow {
  choice: Choice
  word: string
  tone: Tone
  act?: { word: string; to: string }
}

const verbs = { other: mark('办理'), living: mark('充值'), enrolment: mark('报名') }
const openWords = { other: mark('可办理'), living: mark('可充值'), enrolment: mark('可报名') }

const stateWords: Record<Exclude<Choice['state'], 'open'>, string> = {
  not_yet_open: mark('未开放'),
  window_closed: mark('已截止'),
  full: mark('名额已满'),
}

/** The page that shows the code of an order, under the list that it came from. */
export const payPlace = (category: Choice['category'], order: string) =>
  address(`${lists[category]}/pay`, { order })

export function rowOf(choice: Choice): ItemRow {
  const { own, category } = choice
  const held = choice.unfinished_order_no ?? (own?.state === 'held' ? own.order_no : undefined)
  if (held) {
    const act = { word: mark('继续支付'), to: payPlace(category, held) }
    return { choice, word: mark('待支付'), tone: 'wait', act }
  }
  if (own) {
    const { word, tone } = signUpWord[own.state]
    const act = own.order_no && { word: mark('明细'), to: address('/order', { no: own.order_no }) }
    return act ? { choice, word, tone, act } : { choice, word, tone }
  }
  if (choice.state !== 'open') return { choice, word: stateWords[choice.state], tone: 'plain' }
  const to = address(`${lists[category]}/choose`, { item: choice.item_id })
  return { choice, word: openWords[category], tone: 'good', act: { word: verbs[category], to } }
}

// Whole days are said as days: the end of one is the midnight after it.
const fromWord = (instant: number) =>
  hourText(instant) === '00:00' ? dayText(instant) : minuteText(instant)
const untilWord = (instant: number) =>
  hourText(instant) === '00:00' ? dayText(instant - 1) : minuteText(instant)

/** When it may be chosen, in the words of a column; nothing where it always may. */
export function windowWord({ open_from, open_until }: Choice): string {
  const from = open_from ? fromWord(open_from) : ''
  const until = open_until ? untilWord(open_until) : ''
  if (from && until) return t('%{from} 至 %{until}', { from, until })
  if (until) return t('%{day} 截止', { day: until })
  return from ? t('%{from} 起', { from }) : ''
}

export const search = (rows: readonly ItemRow[], text: string): ItemRow[] =>
  rows.filter(({ choice, word }) =>
    found(text, [choice.item, choice.period, choice.description, choice.note, word]),
  )
