// Everything that happened to an order, from every source, as one story in the order of time.
import type { OrderLife } from '../../shared/api/console_orders'
import type { Tone } from './tones'

export interface Moment {
  at: number | null
  /** where it is known from */
  kind: '订单' | '通知' | '查询' | '退款' | '消息' | '操作'
  text: string
  more?: string | undefined
  tone: Tone
}

const messageWord: Record<string, string> = {
  queued: '等待发送',
  sent: '已发送',
  failed: '发送失败',
  skipped: '未发送',
}
const deliveryWord: Record<string, string> = {
  delivered: '已送达',
  blocked: '对方拒收',
  failed: '未送达',
}

const times = (count: number) => (count > 1 ? `共 ${count} 次` : undefined)

function refundMoments(refund: OrderLife['refunds'][number]): Moment[] {
  const kind = '退款' as const
  const who = (person: { name: string } | undefined) => person?.name
  const moments: Moment[] = [
    {
      ...{ at: refund.asked_at, kind, tone: 'wait', text: `申请退款：${refund.reason}` },
      more: who(refund.asked_by),
    },
  ]
  if (refund.decided_at !== undefined)
    moments.push({
      ...{ at: refund.decided_at, kind, more: refund.reject_reason ?? who(refund.decided_by) },
      ...(refund.state === 'rejected'
        ? { tone: 'plain', text: '驳回退款' }
        : { tone: 'wait', text: '复核通过' }),
    })
  if (refund.sent_at !== undefined)
    moments.push({ at: refund.sent_at, kind, tone: 'wait', text: '退款已发往微信' })
  if (refund.succeeded_at !== undefined)
    moments.push({
      ...{ at: refund.succeeded_at, kind, tone: 'good', text: '退款到账' },
      more: refund.received_account,
    })
  return moments
}

const stepTone: Record<string, Tone> = {
  paid: 'good',
  booked: 'good',
  closed: 'plain',
  paid_late: 'bad',
}

/** Oldest first; what has no time of its own stays behind what it was told after. */
export function storyOf(life: OrderLife): Moment[] {
  const timed: Moment[] = [
    ...life.notices.map(
      (one): Moment => ({
        ...{ at: one.received_at, kind: '通知', tone: 'plain' },
        ...{ text: `收到微信通知：${one.outcome_text}`, more: times(one.received_count) },
      }),
    ),
    ...life.questions.map(
      (one): Moment => ({
        ...{ at: one.last_at, kind: '查询', tone: 'plain' },
        text: `${one.kind === 'close' ? '请求微信关闭' : '询问微信'}：${one.answer_text}`,
        more: times(one.count),
      }),
    ),
    ...life.refunds.flatMap(refundMoments),
    ...life.messages.map(
      (one): Moment => ({
        at: one.ended_at ?? one.queued_at,
        kind: '消息',
        tone: one.state === 'failed' ? 'bad' : 'plain',
        text: `通知付款人：${messageWord[one.state] ?? one.state}`,
        more: [one.delivery && deliveryWord[one.delivery], one.reason].filter(Boolean).join('，'),
      }),
    ),
    ...life.deeds.map(
      (one): Moment => ({
        ...{ at: one.at_ms, kind: '操作', tone: 'plain' },
        text: one.action_text,
        more: one.who.name,
      }),
    ),
  ]
  const story: Moment[] = life.steps.map((one) => ({
    ...{ at: one.at_ms, kind: '订单', text: one.text, tone: stepTone[one.step] ?? 'wait' },
  }))
  // Steps keep their order, also those without a time; everything else goes in where its time wants it.
  for (const moment of timed.sort((a, b) => (a.at ?? 0) - (b.at ?? 0))) {
    const behind = story.findIndex((one) => one.at !== null && one.at > (moment.at ?? 0))
    if (behind < 0) story.push(moment)
    else story.splice(behind, 0, moment)
  }
  return story
}

export const learntBy: Record<string, string> = {
  notice: '微信通知',
  query: '主动查询',
  bill: '微信账单',
}
