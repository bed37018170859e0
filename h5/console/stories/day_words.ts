// One day of the daily close in words: what three sides say of each figure, and what is to be done.
import type { Day, DayDifference, DayMerchant } from '../../shared/api/days'
import { yuan } from '../../shared/money'
import type { Look } from './calendar'
import type { Tone } from './tones'

export interface SideRow {
  title: string
  money: boolean
  bill: number
  ours: number
  ledger: number
  /** `cut`: what differs stands in the bill of another day */
  verdict: 'same' | 'cut' | 'differs' | 'unknown'
}

const netOf = ({ paid_fen, refunded_fen }: DayMerchant['bill']) => paid_fen - refunded_fen

/** Whether the bill ties with ours once what belongs to another day is moved there. */
const tiesOverDays = ({ bill, ours, cut_in_fen, cut_out_fen }: DayMerchant) =>
  (cut_in_fen !== 0 || cut_out_fen !== 0) && netOf(bill) - cut_in_fen + cut_out_fen === netOf(ours)

export function sideRows(merchant: DayMerchant): SideRow[] {
  const { bill, ours, ledger } = merchant
  const compared = merchant.run_at !== undefined
  const cut = tiesOverDays(merchant)
  const row = (
    title: string,
    money: boolean,
    of: (side: DayMerchant['bill']) => number,
  ): SideRow => {
    const [a, b, c] = [of(bill), of(ours), of(ledger)]
    const same = a === b && b === c
    const verdict = same ? 'same' : cut && b === c ? 'cut' : 'differs'
    return { title, money, bill: a, ours: b, ledger: c, verdict: compared ? verdict : 'unknown' }
  }
  return [
    row('收款笔数', false, (side) => side.payments),
    row('收款金额', true, (side) => side.paid_fen),
    row('退款笔数', false, (side) => side.refunds),
    row('退款金额', true, (side) => side.refunded_fen),
    row('净额', true, netOf),
  ]
}

export const verdictWords: Record<SideRow['verdict'], Look> = {
  same: { word: '一致', tone: 'good', glyph: 'check' },
  cut: { word: '跨日', tone: 'wait', glyph: 'clock' },
  differs: { word: '不一致', tone: 'bad', glyph: 'alert' },
  unknown: { word: '未对账', tone: 'plain', glyph: 'clock' },
}

/** An amount in thousandths of a fen, which fees may have: as many figures as it needs. */
export function fineText(fine: number): string {
  if (!Number.isSafeInteger(fine)) throw new RangeError('a fee is a whole number of thousandths')
  const less = fine < 0 ? '-' : ''
  const whole = Math.abs(fine)
  const rest = whole % 1000
  const text = yuan((whole - rest) / 1000)
  return less + (rest === 0 ? text : text + String(rest).padStart(3, '0').replace(/0+$/, ''))
}

/** The account's own sum: what was there, what came and went, and what is left. */
export const accountTies = (merchant: DayMerchant): boolean | undefined => {
  const { opening_fen, closing_fen, flow_income_fen, flow_expense_fen } = merchant
  if (opening_fen === undefined || closing_fen === undefined) return undefined
  return opening_fen + flow_income_fen - flow_expense_fen === closing_fen
}

export const feesTie = ({ bill_fees_fine, flow_fees_fen, booked_fees_fen }: DayMerchant) =>
  bill_fees_fine === flow_fees_fen * 1000 && flow_fees_fen === booked_fees_fen

// --- differences ---------------------------------------------------------------------------------

const proposals: Record<DayDifference['proposal'], string> = {
  ask_again: '微信的回答不明确，再向微信核实一次',
  into_suspense: '记入待定款项，之后可申请退回',
  book_refund: '向微信确认后补记为手工退款',
  book_fees: '按资金账单记手续费',
  book_transfer: '记为与银行账户之间的划转',
  explain: '查明原因后写下说明',
}

export const proposalText = ({ proposal, proposal_sentence }: DayDifference): string =>
  proposals[proposal] ?? proposal_sentence

/** What is proposed can be done at a press; the rest only a person can find out. */
export const canBeFixed = ({ proposal }: DayDifference): boolean => proposal !== 'explain'

/** What the proposal does to the books, for the question before it. */
export const fixDetail = (difference: DayDifference): string =>
  ({
    ask_again: '会再次向微信查询这一笔，并按微信的回答更新这处差异；账上不作改动。',
    into_suspense: `会把 ${yuan(difference.provider_fen)} 元记入待定款项：钱已到商户号，还没有对应的账单。`,
    book_refund: '会先向微信查询这笔退款，确认成功后补记，并退回它占用的收款。',
    book_fees: '会按资金账单的手续费补记差额。',
    book_transfer: '会记为商户号与银行账户之间的划转，不影响任何学生的账单。',
    explain: '',
  })[difference.proposal]

const resolutions: Record<NonNullable<DayDifference['resolution']>, string> = {
  booked: '已按建议处理',
  explained: '已说明并接受',
  day_cut: '次日账单中已找到',
  agrees: '再次对账后一致',
}

export function differenceLook({ state, resolution }: DayDifference): { word: string; tone: Tone } {
  if (state === 'open') return { word: '待处理', tone: 'bad' }
  if (state === 'waiting') return { word: '等待次日账单', tone: 'wait' }
  return { word: resolution ? resolutions[resolution] : '已处理', tone: 'good' }
}

/** Those that wait for a person first, then those that wait for WeChat, then what is done. */
export function inOrder(differences: readonly DayDifference[]): DayDifference[] {
  const rank = { open: 0, waiting: 1, resolved: 2 }
  return [...differences].sort((a, b) => rank[a.state] - rank[b.state] || a.number - b.number)
}

// --- the day in one look -------------------------------------------------------------------------

export interface DayVerdict extends Look {
  sentence: string
  /** one press and one question away from being closed */
  ready: boolean
}

export function verdictOf({ over, busy, merchants, differences }: Day): DayVerdict {
  const all = (state: DayMerchant['state']) => merchants.every((one) => one.state === state)
  const left = (state: DayDifference['state']) =>
    differences.filter((one) => one.state === state).length
  const verdict = (word: string, tone: Tone, glyph: Look['glyph'], sentence: string) => ({
    ...{ word, tone, glyph, sentence },
    ready: false,
  })
  if (busy)
    return verdict('正在对账', 'brand', 'again', '正在下载微信账单并逐笔核对，完成后会自动更新')
  if (merchants.length === 0)
    return verdict('没有商户', 'plain', 'clock', '没有配置商户号，无需对账')
  if (all('closed')) return verdict('已结账', 'plain', 'lock', '这一天已经结账，账目不再改动')
  if (!over) return verdict('还没有结束', 'plain', 'clock', '这一天还没有结束，账单于次日上午生成')
  const trouble = merchants.find((one) => one.trouble && one.state !== 'closed')?.trouble
  if (trouble) return verdict('未对账', 'wait', 'alert', trouble)
  const later = left('waiting') > 0 ? `另有 ${left('waiting')} 项等待次日账单` : '处理后可以结账'
  if (left('open') > 0)
    return verdict('有差异', 'bad', 'alert', `${left('open')} 项差异待处理，${later}`)
  if (left('waiting') > 0)
    return verdict(
      '有差异',
      'wait',
      'clock',
      `${left('waiting')} 项等待次日账单，次日对账后自动更新`,
    )
  if (merchants.some((one) => one.state === 'open'))
    return verdict('未对账', 'wait', 'clock', '这一天还没有对账，请重新对账')
  if (merchants.some((one) => one.state === 'differs'))
    return verdict('有差异', 'bad', 'alert', '有差异待处理，请重新对账')
  const settled = differences.length > 0 ? '差异均已处理，可以结账' : '三方一致，没有差异，可以结账'
  return { ...verdict('已平', 'good', 'check', settled), ready: true }
}

/** Nothing where the day was never compared: its figures are not known then, they are not nought. */
export function daySums({
  merchants,
}: Day): { paid_fen: number; refunded_fen: number; net_fen: number } | undefined {
  if (!merchants.some((one) => one.run_at !== undefined)) return undefined
  const of = (field: 'paid_fen' | 'refunded_fen') =>
    merchants.reduce((sum, { ours }) => sum + ours[field], 0)
  const [paid_fen, refunded_fen] = [of('paid_fen'), of('refunded_fen')]
  return { paid_fen, refunded_fen, net_fen: paid_fen - refunded_fen }
}

/** A day that a refusal names ("请先结账较早的一天：2026-11-27"). */
export const dayNamedIn = (sentence: string): string | undefined =>
  /20\d\d-\d\d-\d\d/.exec(sentence)?.[0]
