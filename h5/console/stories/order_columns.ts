import type { ConsoleOrder } from '../../shared/api/console_orders'
import type { Column } from './columns'
import { channelWord, studentText, whatText } from './orders'

export const orderColumns: Column<ConsoleOrder>[] = [
  { id: 'order_no', title: '订单号', kind: 'long', must: true, text: (one) => one.order_no },
  { id: 'student', title: '学生', kind: 'digits', text: (one) => studentText(one.student) },
  { id: 'amount', title: '金额(元)', kind: 'number' },
  { id: 'state', title: '状态', kind: 'state' },
  { id: 'opened', title: '下单时间', kind: 'time', yields: true },
  {
    id: 'class',
    title: '班级',
    text: (one) => one.student?.class_name ?? '',
    yields: true,
    extra: true,
  },
  { id: 'what', title: '内容', text: whatText, yields: true },
  { id: 'paid', title: '支付时间', kind: 'time', yields: true },
  { id: 'refunded', title: '已退(元)', kind: 'number', yields: true, extra: true },
  {
    id: 'channel',
    title: '渠道',
    kind: 'state',
    text: (one) => channelWord[one.channel],
    yields: true,
    extra: true,
  },
  {
    id: 'transaction',
    title: '微信单号',
    kind: 'long',
    text: (one) => one.transaction_id ?? '',
    yields: true,
    extra: true,
  },
  { id: 'merchant', title: '收款方', text: (one) => one.merchant_name, yields: true, extra: true },
]
