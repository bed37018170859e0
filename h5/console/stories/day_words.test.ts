import { describe, expect, it } from 'vitest'
import type { Day, DayDifference, DayMerchant } from '../../shared/api/days'
import {
  accountTies,
  canBeFixed,
  dayNamedIn,
  daySums,
  feesTie,
  fineText,
  inOrder,
  sideRows,
  verdictOf,
} from './day_words'

const side = { payments: 3, paid_fen: 300_000, refunds: 1, refunded_fen: 50_000 }
const merchant = (more: Partial<DayMerchant> = {}): DayMerchant => ({
  ...{ mch_id: '1900000109', merchant_name: '财务处', state: 'balanced' },
  ...{ bill: side, ours: side, ledger: side, cut_in_fen: 0, cut_out_fen: 0 },
  ...{ bill_fees_fine: 1_800_000, flow_fees_fen: 1800, booked_fees_fen: 1800 },
  ...{ flow_income_fen: 300_000, flow_expense_fen: 51_800, opening_fen: 1, closing_fen: 248_201 },
  ...{ ledger_balance_fen: 248_201, run_at: 1, files: [] },
  ...more,
})
const difference = (more: Partial<DayDifference> = {}): DayDifference => ({
  ...{ number: 1, mch_id: '1900000109', kind: 'payment_missing_here', sentence: '' },
  ...{ proposal: 'into_suspense', proposal_sentence: '', provider_fen: 1, our_fen: 0 },
  ...{ state: 'open', found_at: 0 },
  ...more,
})
const day = (more: Partial<Day> = {}): Day => ({
  ...{ day: '2026-11-20', over: true, busy: false, merchants: [merchant()], differences: [] },
  ...more,
})

describe('three sides', () => {
  it('are the same, or say which figure is not', () => {
    expect(sideRows(merchant()).map((row) => row.verdict)).toEqual(Array(5).fill('same'))
    const other = { ...side, payments: 4, paid_fen: 400_000 }
    expect(sideRows(merchant({ bill: other })).map((row) => row.verdict)).toEqual([
      ...['differs', 'differs', 'same', 'same', 'differs'],
    ])
  })

  it('may differ by what stands in the bill of another day, and by nothing more', () => {
    const other = { ...side, payments: 4, paid_fen: 400_000 }
    const verdicts = (cut_in_fen: number) =>
      sideRows(merchant({ bill: other, cut_in_fen })).map((row) => row.verdict)
    expect(verdicts(100_000)).toEqual(['cut', 'cut', 'same', 'same', 'cut'])
    expect(verdicts(99_999)).toEqual(['differs', 'differs', 'same', 'same', 'differs'])
    // A ledger that is off is never a matter of days.
    const odd = merchant({ bill: other, ledger: other, cut_in_fen: 100_000 })
    expect(sideRows(odd)[0]?.verdict).toBe('differs')
  })

  it('are not called the same before anybody compared them', () => {
    const unseen = merchant()
    delete unseen.run_at
    expect(sideRows(unseen)[0]?.verdict).toBe('unknown')
    expect(daySums(day({ merchants: [unseen] }))).toBeUndefined()
    expect(daySums(day())).toEqual({ paid_fen: 300_000, refunded_fen: 50_000, net_fen: 250_000 })
  })
})

describe('fees and the account', () => {
  it('are shown to the thousandth of a fen', () => {
    expect(fineText(1_800_000)).toBe('18.00')
    expect(fineText(1_800_450)).toBe('18.0045')
    expect(fineText(-5)).toBe('-0.00005')
    expect(() => fineText(0.5)).toThrow(RangeError)
  })

  it('tie or do not', () => {
    expect(feesTie(merchant())).toBe(true)
    expect(feesTie(merchant({ bill_fees_fine: 1_800_001 }))).toBe(false)
    expect(feesTie(merchant({ booked_fees_fen: 1799 }))).toBe(false)
    expect(accountTies(merchant())).toBe(true)
    expect(accountTies(merchant({ closing_fen: 248_200 }))).toBe(false)
    const unknown = merchant()
    delete unknown.opening_fen
    expect(accountTies(unknown)).toBeUndefined()
  })
})

describe('a day in one look', () => {
  const words = (more: Partial<Day>) => {
    const { word, ready } = verdictOf(day(more))
    return [word, ready]
  }
  const open = merchant({ state: 'differs' })

  it('is ready only where everything ties', () => {
    expect(words({})).toEqual(['已平', true])
    expect(words({ busy: true })).toEqual(['正在对账', false])
    expect(words({ over: false })).toEqual(['还没有结束', false])
    expect(words({ merchants: [merchant({ state: 'open' })] })).toEqual(['未对账', false])
    expect(words({ merchants: [open], differences: [difference()] })).toEqual(['有差异', false])
    expect(words({ differences: [difference({ state: 'waiting' })] })).toEqual(['有差异', false])
    expect(words({ merchants: [open] })).toEqual(['有差异', false])
    expect(words({ differences: [difference({ state: 'resolved' })] })).toEqual(['已平', true])
    expect(words({ merchants: [merchant({ trouble: '账单尚未生成' })] })).toEqual(['未对账', false])
    expect(words({ merchants: [] })).toEqual(['没有商户', false])
  })

  it('is closed when every merchant is', () => {
    const closed = merchant({ state: 'closed' })
    expect(words({ merchants: [closed, closed] })).toEqual(['已结账', false])
    // One that was not closed can be: the server closes the day.
    expect(words({ merchants: [closed, merchant()] })).toEqual(['已平', true])
  })

  it('counts what waits for a person and what waits for WeChat', () => {
    const differences = [difference(), difference({ number: 2, state: 'waiting' })]
    const { sentence } = verdictOf(day({ merchants: [open], differences }))
    expect(sentence).toBe('1 项差异待处理，另有 1 项等待次日账单')
  })
})

describe('differences', () => {
  it('that wait for a person come first', () => {
    const list = [
      difference({ number: 1, state: 'resolved' }),
      difference({ number: 2, state: 'waiting' }),
      difference({ number: 4 }),
      difference({ number: 3 }),
    ]
    expect(inOrder(list).map((one) => one.number)).toEqual([3, 4, 2, 1])
    expect(list[0]?.number).toBe(1)
  })

  it('are mended only where something is proposed', () => {
    expect(canBeFixed(difference())).toBe(true)
    expect(canBeFixed(difference({ proposal: 'explain' }))).toBe(false)
  })

  it('a refusal may name the day to begin with', () => {
    expect(dayNamedIn('请先结账较早的一天：2026-11-27')).toBe('2026-11-27')
    expect(dayNamedIn('还有未处理的差异，不能结账')).toBeUndefined()
  })
})
