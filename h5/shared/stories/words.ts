// States in the words that students read.
import type { Order } from '../api/orders'
import { serverNow } from '../clock'
import { refundState } from './refunds'
import { isPaid } from './settle'
import { list, mark, said, tn } from '../words/words'

export type Tone = 'good' | 'wait' | 'plain' | 'bad'

export interface StateWord {
  word: string
  tone: Tone
  /** one sentence for the order's own page */
  sentence: string
  /** where the tone's own sign would mislead */
  sign?: 'back'
}

export function stateWord(order: Order, now: number = serverNow()): StateWord {
  if (isPaid(order)) return refunded(order) ?? paid(order)
  // Money came, but not as the order says: nothing to pay or to cancel until a person has looked at it.
  if (order.note) return { word: mark('核实中'), tone: 'wait', sentence: order.note }
  if (order.state === 'closed') {
    return { word: mark('已关闭'), tone: 'plain', sentence: mark('订单已关闭，没有扣款') }
  }
  return unfinished(order, now)
}

function paid({ state, note }: Order): StateWord {
  return state === 'paid'
    ? { word: mark('支付成功'), tone: 'good', sentence: note ?? mark('费用已经缴清，无需再次支付') }
    : {
        word: mark('已收到付款'),
        tone: 'good',
        sentence: note ?? mark('付款在订单关闭后到账，将计入费用或原路退回，请勿再次支付'),
      }
}

function refunded(order: Order): StateWord | undefined {
  switch (refundState(order)) {
    case 'processing':
      return {
        word: mark('退款处理中'),
        tone: 'wait',
        sentence: mark('退款按原支付方式退回，零钱很快到账，银行卡一般需 1 至 3 个工作日'),
      }
    case 'abnormal':
      return {
        word: mark('退款未到账'),
        tone: 'bad',
        sentence: mark('原支付账户没有收下退款，请联系学校财务部门处理'),
      }
    case 'part':
      return {
        word: mark('部分退款'),
        tone: 'plain',
        sentence: mark('部分款项已按原支付方式退回'),
        sign: 'back',
      }
    case 'all':
      return {
        word: mark('已退款'),
        tone: 'plain',
        sentence: mark('全部款项已按原支付方式退回'),
        sign: 'back',
      }
    case 'none':
      return undefined
  }
}

/** for an unfinished order while WeChat does not say whether it was paid */
export const confirmingWord: StateWord = {
  word: mark('支付结果确认中'),
  tone: 'wait',
  sentence: mark('微信暂时没有答复，正在继续查询。如果已经付款，请勿重复支付，结果会自动更新'),
}

function unfinished(order: Order, now: number): StateWord {
  if (order.closing) {
    return {
      word: mark('正在关闭'),
      tone: 'wait',
      sentence: mark('正在等待微信确认关闭，确认后自动完成'),
    }
  }
  if (order.pay_until <= now) {
    return {
      word: mark('已超时'),
      tone: 'wait',
      sentence: mark('支付时间已过，正在向微信核对，稍后自动关闭'),
    }
  }
  return { word: mark('待支付'), tone: 'wait', sentence: mark('订单尚未支付，可以继续支付或取消') }
}

export const channelWord = (channel: Order['channel']) =>
  channel === 'jsapi' ? mark('微信支付') : mark('微信扫码支付')

/** "2026-2027学年", or nothing where the lines belong to several */
export function periodWord(order: Pick<Order, 'lines'>): string {
  const periods = [...new Set(order.lines.map((line) => line.period))]
  return periods.length === 1 ? (periods[0] ?? '') : ''
}

/** "学费、住宿费" or "学费等 4 项" */
export function linesWord(order: Pick<Order, 'lines'>): string {
  const items = [...new Set(order.lines.map((line) => line.item))]
  if (items.length <= 2) return list(items)
  return tn('%{item}等 %{n} 项', order.lines.length, { item: said(items[0] ?? '') })
}
