// What is looked for among the orders; empty parts are not sent.
import type { OrderFilter } from '../../shared/api/orders'
import { mark } from '../../shared/words/words'

export interface Wanted {
  text: string
  from: string
  to: string
  state: '' | NonNullable<OrderFilter['state']>
}

export const nothingWanted = (): Wanted => ({ text: '', from: '', to: '', state: '' })

export function filterOf(wanted: Wanted): OrderFilter {
  const { from, to, state } = wanted
  const text = wanted.text.trim()
  return {
    ...(text ? { text } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(state ? { state } : {}),
  }
}

export const daysFault = ({ from, to }: Wanted): string =>
  from && to && from > to ? mark('开始日期晚于结束日期，请修改') : ''
