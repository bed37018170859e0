// The rows of 其他费用, 生活缴费 and 报名信息: what each says about itself, and what may be done.
import type { Choice } from '../../shared/api/choices'
import { dayText, hourText, minuteText } from '../../shared/dates'
import { address } from '../../shared/route'
import { signUpWord } from '../../shared/stories/choice_words'
import { lists } from '../../shared/stories/chosen'
import type { Tone } from '../../shared/stories/words'

export interface ItemRow {
  choice: Choice
  word: string
  tone: Tone
  act?: { word: string; to: string }
}

const verbs = { other: '办理', living: '充值', enrolment: '报名' }

const stateWords: Record<Choice['state'], [string, Tone]> = {
  open: ['可办理', 'good'],
  not_yet_open: ['未开放', 'plain'],
  window_closed: ['已截止', 'plain'],
  full: ['名额已满', 'plain'],
}

/** The page that shows the code of an order, under the list that it came from. */
export const payPlace = (category: Choice['category'], order: string) =>
  address(`${lists[category]}/pay`, { order })

export function rowOf(choice: Choice): ItemRow {
  const { own, category } = choice
  const held = choice.unfinished_order_no ?? (own?.state === 'held' ? own.order_no : undefined)
  if (held) {
    const act = { word: '继续支付', to: payPlace(category, held) }
    return { choice, word: '待支付', tone: 'wait', act }
  }
  if (own) {
    const { word, tone } = signUpWord[own.state]
    const act = own.order_no && { word: '明细', to: address('/order', { no: own.order_no }) }
    return act ? { choice, word, tone, act } : { choice, word, tone }
  }
  const [said, tone] = stateWords[choice.state]
  if (choice.state !== 'open') return { choice, word: said, tone }
  const verb = verbs[category]
  const to = address(`${lists[category]}/choose`, { item: choice.item_id })
  return { choice, word: `可${verb}`, tone, act: { word: verb, to } }
}

// Whole days are said as days: the end of one is the midnight after it.
const fromWord = (instant: number) =>
  hourText(instant) === '00:00' ? dayText(instant) : minuteText(instant)
const untilWord = (instant: number) =>
  hourText(instant) === '00:00' ? dayText(instant - 1) : minuteText(instant)

/** When it may be chosen, in the words of a column; nothing where it always may. */
export function windowWord({ open_from, open_until }: Choice): string {
  if (open_from && open_until) return `${fromWord(open_from)} 至 ${untilWord(open_until)}`
  if (open_until) return `截止 ${untilWord(open_until)}`
  return open_from ? `${fromWord(open_from)} 起` : ''
}

export function search(rows: readonly ItemRow[], text: string): ItemRow[] {
  const wanted = text.trim()
  if (!wanted) return [...rows]
  return rows.filter(({ choice, word }) =>
    [choice.item, choice.period, choice.description, choice.note, word].some((part) =>
      part?.includes(wanted),
    ),
  )
}
