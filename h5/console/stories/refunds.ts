// Words of refunds, and what is wrong with one before it is asked for.
import type {
  BatchFacts,
  ConsoleRefund,
  ReasonCode,
  RefundFilter,
} from '../../shared/api/console_refunds'
import type { OrderLife } from '../../shared/api/console_orders'
import { fenOf, yuan } from '../../shared/money'
import type { Field, Wanted } from './filter'
import type { Tone } from './tones'
import { whatIsTyped } from './orders'

type State = ConsoleRefund['state']

export const refundState: Record<State, { word: string; tone: Tone }> = {
  asked: { word: '待复核', tone: 'wait' },
  rejected: { word: '已驳回', tone: 'plain' },
  accepted: { word: '待发送', tone: 'brand' },
  processing: { word: '退款中', tone: 'brand' },
  success: { word: '已到账', tone: 'good' },
  closed: { word: '已关闭', tone: 'plain' },
  abnormal: { word: '退款异常', tone: 'bad' },
  refused: { word: '微信拒绝', tone: 'bad' },
}

export const reasonWord: Record<ReasonCode, string> = {
  mistake: '误缴退款',
  overcharged: '多收退款',
  leaver: '离校退费',
  reduction: '减免退费',
}

export const afterwardsText: Record<ConsoleRefund['afterwards'], string> = {
  due_again: '费用恢复为未缴',
  settled: '费用按退款额调低',
}

/** What becomes of the fee, which is what the reasons differ in. */
export const afterwardsOf: Record<ReasonCode, string> = {
  mistake: afterwardsText.due_again,
  overcharged: afterwardsText.settled,
  leaver: afterwardsText.settled,
  reduction: afterwardsText.settled,
}

export const originWord: Record<ConsoleRefund['origin'], string> = {
  asked: '人工申请',
  late_money: '多付自动退回',
  platform: '商户平台退款',
}

export const batchState: Record<BatchFacts['state'], { word: string; tone: Tone }> = {
  asking: { word: '正在申请', tone: 'brand' },
  asked: { word: '待复核', tone: 'wait' },
  releasing: { word: '正在放行', tone: 'brand' },
  released: { word: '已放行', tone: 'good' },
  rejected: { word: '已驳回', tone: 'plain' },
}

export const refundFields: Field[] = [
  {
    id: 'text',
    label: '搜索退款',
    kind: 'text',
    placeholder: '订单号、学号、姓名',
    personal: true,
  },
  { id: 'refund', label: '退款单号', kind: 'text', personal: true },
  {
    ...{ id: 'mine', label: '我的', kind: 'select' },
    options: [
      ['to_decide', '待我复核'],
      ['asked', '我申请的'],
      ['decided', '我复核的'],
    ],
  },
  {
    ...{ id: 'state', label: '状态', kind: 'select' },
    options: [
      ['trouble', '需要处理'],
      ...Object.entries(refundState).map(([state, { word }]) => [state, word] as const),
    ],
  },
  { id: 'asked', label: '申请', kind: 'period', days: ['asked_from', 'asked_to'] },
]

export function refundFilterOf(wanted: Wanted): RefundFilter {
  const filter: RefundFilter = {}
  const { text, refund, mine, state, asked_from, asked_to } = wanted
  if (text) {
    const { order_no, student_no, name } = whatIsTyped(text)
    if (name) filter.name = name
    if (order_no) filter.order_no = order_no
    if (student_no) filter.student_no = student_no
  }
  if (refund) filter.refund = refund.replace(/\s/g, '')
  if (mine) filter.mine = mine as NonNullable<RefundFilter['mine']>
  if (state) filter.states = state === 'trouble' ? ['abnormal', 'refused'] : [state as State]
  if (asked_from) filter.asked_from = asked_from
  if (asked_to) filter.asked_to = asked_to
  return filter
}

type Refundable = NonNullable<OrderLife['refundable']>

export interface Share {
  line_no: number
  title: string
  left_fen: number
}

/** What can go back line by line; money in suspense is line 0. */
export function sharesOf(life: OrderLife, refundable: Refundable): Share[] {
  const titles = new Map(life.lines.map((line) => [line.line_no, `${line.item} ${line.period}`]))
  const shares = refundable.lines.map(({ line_no, left_fen }) => ({
    ...{ line_no, left_fen, title: titles.get(line_no) ?? `第 ${line_no} 行` },
  }))
  const { surplus_left_fen } = refundable
  return surplus_left_fen > 0
    ? [...shares, { line_no: 0, title: '待定款项', left_fen: surplus_left_fen }]
    : shares
}

/** Why this cannot go back from that line, or nothing. */
export function shareFault(typed: string, share: Share): string {
  if (!typed.trim()) return ''
  const fen = fenOf(typed)
  if (fen === undefined) return '请输入金额，如 1200.50'
  return fen > share.left_fen ? `最多可退 ${yuan(share.left_fen)} 元` : ''
}
