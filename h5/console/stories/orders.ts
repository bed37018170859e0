// What is looked for among orders, in the words of the page and of the contract, and words for what is found.
import type { ConsoleOrder, OrderChoices, OrderFilter } from '../../shared/api/console_orders'
import { fenOf } from '../../shared/money'
import type { Field, Wanted } from './filter'
import type { Tone } from './tones'

type State = ConsoleOrder['state']

export const orderState: Record<State, { word: string; tone: Tone }> = {
  opened: { word: '已下单', tone: 'wait' },
  awaiting: { word: '待支付', tone: 'wait' },
  paid: { word: '已支付', tone: 'good' },
  closed: { word: '已关闭', tone: 'plain' },
  paid_late: { word: '关闭后到账', tone: 'bad' },
}

export const channelWord: Record<ConsoleOrder['channel'], string> = {
  jsapi: '微信内支付',
  native: '扫码支付',
}

/** Which number, or whose name, has been typed. */
export function whatIsTyped(
  text: string,
): Pick<OrderFilter, 'order_no' | 'transaction_id' | 'student_no' | 'name'> {
  const typed = text.trim()
  if (/[^\x20-\x7e]/.test(typed)) return { name: typed }
  const number = typed.replace(/\s/g, '')
  if (/^4\d{27}$/.test(number)) return { transaction_id: number }
  // Ours: letters, the time to the second, ten signs.
  if (/^[A-Za-z]{0,8}\d{14}[0-9A-Za-z]{10}$/.test(number)) return { order_no: number }
  return { student_no: number }
}

const plain = ['college', 'major', 'class_name', 'grade', 'item_id', 'period', 'mch_id'] as const
const days = ['opened_from', 'opened_to', 'paid_from', 'paid_to'] as const

export function orderFields(choices: () => OrderChoices | undefined): Field[] {
  const names = (list: readonly string[] = []) => list.map((one) => [one, one] as const)
  return [
    {
      id: 'text',
      label: '搜索订单',
      kind: 'text',
      placeholder: '订单号、微信单号、学号、姓名',
      personal: true,
    },
    {
      ...{ id: 'state', label: '状态', kind: 'select' },
      options: [
        ['live', '未完成'],
        ...Object.entries(orderState).map(([state, { word }]) => [state, word] as const),
      ],
    },
    { id: 'opened', label: '下单', kind: 'period', days: ['opened_from', 'opened_to'] },
    { id: 'paid', label: '支付', kind: 'period', days: ['paid_from', 'paid_to'], more: true },
    { id: 'least', label: '最低金额', kind: 'money', placeholder: '金额从（元）', more: true },
    { id: 'most', label: '最高金额', kind: 'money', placeholder: '金额到（元）', more: true },
    {
      ...{ id: 'item_id', label: '项目', kind: 'select', more: true },
      options: () => choices()?.items.map(({ item_id, item }) => [item_id, item] as const) ?? [],
    },
    {
      id: 'period',
      label: '区间',
      kind: 'select',
      more: true,
      options: () => names(choices()?.periods),
    },
    {
      id: 'college',
      label: '学院',
      kind: 'select',
      more: true,
      options: () => names(choices()?.colleges),
    },
    {
      id: 'grade',
      label: '年级',
      kind: 'select',
      more: true,
      options: () => names(choices()?.grades),
    },
    {
      id: 'major',
      label: '专业',
      kind: 'text',
      more: true,
      suggestions: () => choices()?.majors ?? [],
    },
    {
      id: 'class_name',
      label: '班级',
      kind: 'text',
      more: true,
      suggestions: () => choices()?.classes ?? [],
    },
    {
      ...{ id: 'channel', label: '渠道', kind: 'select', more: true },
      options: Object.entries(channelWord) as [string, string][],
    },
    {
      ...{ id: 'mch_id', label: '收款方', kind: 'select', more: true },
      options: () =>
        choices()?.merchants.map(({ mch_id, merchant_name }) => [mch_id, merchant_name] as const) ??
        [],
    },
    { id: 'odd', label: '关注', kind: 'select', more: true, options: [['yes', '需要处理的']] },
  ]
}

/** The page's words as the contract has them. */
export function orderFilterOf(wanted: Wanted): OrderFilter {
  const filter: OrderFilter = wanted['text'] ? whatIsTyped(wanted['text']) : {}
  for (const id of [...plain, ...days]) if (wanted[id]) filter[id] = wanted[id]
  const { state, channel, least, most, odd } = wanted
  if (state) filter.states = state === 'live' ? ['opened', 'awaiting'] : [state as State]
  if (channel) filter.channel = channel as ConsoleOrder['channel']
  const [from, to] = [fenOf(least ?? ''), fenOf(most ?? '')]
  if (from !== undefined) filter.amount_min_fen = from
  if (to !== undefined) filter.amount_max_fen = to
  if (odd) filter.odd = true
  return filter
}

const yuanTyped = (fen: number) => {
  const cents = fen % 100
  return `${(fen - cents) / 100}${cents ? `.${String(cents).padStart(2, '0')}` : ''}`
}

/** A saved filter in the page's words again. */
export function wantedOf(filter: OrderFilter): Wanted {
  const wanted: Record<string, string> = {}
  const text = filter.order_no ?? filter.transaction_id ?? filter.student_no ?? filter.name
  if (text) wanted['text'] = text
  for (const id of [...plain, ...days]) if (filter[id]) wanted[id] = filter[id]
  const [state, ...others] = filter.states ?? []
  if (state) wanted['state'] = others.length > 0 ? 'live' : state
  if (filter.channel) wanted['channel'] = filter.channel
  if (filter.amount_min_fen !== undefined) wanted['least'] = yuanTyped(filter.amount_min_fen)
  if (filter.amount_max_fen !== undefined) wanted['most'] = yuanTyped(filter.amount_max_fen)
  if (filter.odd) wanted['odd'] = 'yes'
  return wanted
}

/** "学费 2026-2027学年 等 2 项" */
export const whatText = ({
  what,
  line_count,
}: Pick<ConsoleOrder, 'what' | 'line_count'>): string =>
  line_count > 1 ? `${what} 等 ${line_count} 项` : what

export const studentText = (student: ConsoleOrder['student']): string =>
  student ? [student.name, student.student_no].filter(Boolean).join(' ') : '—'

const most = 500

/** What was pasted: one number a line, or between blanks and commas; each once. */
export function pastedNumbers(text: string): { numbers: string[]; fault: string } {
  const numbers = [...new Set(text.split(/[\s,，;；、]+/).filter(Boolean))]
  if (numbers.length === 0) return { numbers, fault: '请粘贴订单号、微信单号或学号' }
  if (numbers.length > most)
    return { numbers, fault: `一次最多 ${most} 个，现有 ${numbers.length} 个` }
  const long = numbers.find((number) => new TextEncoder().encode(number).length > 64)
  return { numbers, fault: long ? `“${long.slice(0, 12)}…”太长，不是单号` : '' }
}
