// States in the words that students read.
import type { Order } from '../../shared/api/orders'

export type Tone = 'good' | 'wait' | 'plain' | 'bad'

export interface StateWord {
  word: string
  tone: Tone
  /** one sentence for the order's own page */
  sentence: string
}

export function stateWord(order: Order, now: number = Date.now()): StateWord {
  switch (order.state) {
    case 'paid':
      return { word: '支付成功', tone: 'good', sentence: '费用已经缴清，无需再次支付' }
    case 'paid_late':
      return {
        word: '已收到付款',
        tone: 'good',
        sentence: '付款在订单关闭后到账，将计入费用或原路退回，请勿再次支付',
      }
    case 'closed':
      return { word: '已关闭', tone: 'plain', sentence: '订单已关闭，没有扣款' }
    default:
      return unfinished(order, now)
  }
}

function unfinished(order: Order, now: number): StateWord {
  if (order.closing) {
    return { word: '正在关闭', tone: 'wait', sentence: '正在等待微信确认关闭，确认后自动完成' }
  }
  if (order.pay_until <= now) {
    return { word: '已超时', tone: 'wait', sentence: '支付时间已过，正在向微信核对，稍后自动关闭' }
  }
  return { word: '待支付', tone: 'wait', sentence: '订单尚未支付，可以继续支付或取消' }
}

export const channelWord = (channel: Order['channel']) =>
  channel === 'jsapi' ? '微信支付' : '微信扫码支付'

/** "2026-2027学年", or nothing where the lines belong to several */
export function periodWord(order: Pick<Order, 'lines'>): string {
  const periods = [...new Set(order.lines.map((line) => line.period))]
  return periods.length === 1 ? (periods[0] ?? '') : ''
}

/** "学费、住宿费" or "学费等 4 项" */
export function linesWord(order: Pick<Order, 'lines'>): string {
  const items = [...new Set(order.lines.map((line) => line.item))]
  if (items.length <= 2) return items.join('、')
  return `${items[0]}等 ${order.lines.length} 项`
}
