import { describe, expect, it } from 'vitest'
import type { Debt, FeeGroup } from '../../shared/api/reports'
import { debtClasses, wholeDebts } from './debt_list'
import { feeFields, feeFilter, offer, wayDown, wayUp } from './fee_report'
import { axisText, moneyKeyText, moneySums, rowsInOrder, spanFault, spanIn } from './money_report'

const now = Date.parse('2026-11-20T04:00:00Z')

describe('fees', () => {
  const row = (key: string) => ({ key }) as FeeGroup

  it('lead down from college to major to class to who owes', () => {
    expect(wayDown('college', row('机械'), {})).toEqual({ query: { college: '机械', by: 'major' } })
    const wanted = { college: '机械', item: '学费' }
    expect(wayDown('major', row('数控'), wanted)?.query).toEqual({
      ...wanted,
      ...{ major: '数控', by: 'class' },
    })
    expect(wayDown('class', row('数控2401'), wanted)).toEqual({
      debts: true,
      query: { tab: 'debts', ...wanted, class: '数控2401' },
    })
    expect(wayDown('item', row('学费'), {})?.query).toEqual({ item: '学费', by: 'college' })
    expect(wayDown('grade', row('2024'), { college: '机械' })?.query['by']).toBe('major')
  })

  it('lead nowhere from those without a name, which no filter can ask for', () => {
    expect(wayDown('class', row(''), {})).toBeUndefined()
  })

  it('lead up again and keep what else is asked for', () => {
    const wanted = { college: '机械', major: '数控', item: '学费' }
    expect(wayUp(wanted).map(({ word, query }) => [word, query])).toEqual([
      ['全校', { item: '学费', by: 'college' }],
      ['机械', { item: '学费', college: '机械', by: 'major' }],
      ['数控', { item: '学费', college: '机械', major: '数控', by: 'class' }],
    ])
    expect(wayUp({ item: '学费' })).toEqual([])
  })

  it('offer what can be chosen, and what is chosen already', () => {
    const fields = feeFields()
    const none = { majors: [], classes: [], grades: [], items: [], periods: [] }
    offer(fields, { colleges: ['甲', ''], ...none }, { major: '数控' })
    expect(fields[0]?.options).toEqual([['甲', '甲']])
    expect(fields[1]?.options).toEqual([['数控', '数控']])
    expect(feeFilter({ college: '', grade: '2024', other: 'x' })).toEqual({ grade: '2024' })
  })
})

describe('money', () => {
  it('is asked for between days that exist', () => {
    const usual = { from: '2026-11-01', until: '2026-11-20' }
    expect(spanIn(new URLSearchParams(), now)).toEqual(usual)
    expect(spanIn(new URLSearchParams('from=2026-02-30&until=2026-03-01'), now)).toEqual(usual)
    expect(spanIn(new URLSearchParams('from=2026-02-01&until=2026-03-01'), now).from).toBe(
      '2026-02-01',
    )
  })

  it('is not asked for where the server would refuse', () => {
    const fault = (by: 'day' | 'hour', from: string, until: string) =>
      spanFault(by, { from, until }, now)
    expect(fault('day', '2026-11-20', '2026-11-19')).toContain('晚于')
    expect(fault('day', '2026-12-01', '2026-12-02')).toContain('还没有到')
    expect(fault('day', '2025-11-20', '2026-11-20')).toBe('')
    expect(fault('day', '2025-11-19', '2026-11-20')).toContain('一年')
    expect(fault('hour', '2026-10-28', '2026-11-20')).toBe('')
    expect(fault('hour', '2026-10-27', '2026-11-20')).toContain('24 天')
    expect(fault('day', '', '2026-11-20')).toContain('请选择')
  })

  it('has words for its groups', () => {
    expect(moneyKeyText('channel', 'native')).toBe('扫码支付')
    expect(moneyKeyText('channel', 'other')).toBe('other')
    expect(moneyKeyText('item', '')).toBe('未归入项目')
    expect(moneyKeyText('hour', '2026-11-22 09')).toBe('2026-11-22 09:00')
    expect(axisText('hour', '2026-11-22 09', true)).toBe('09时')
    expect(axisText('day', '2026-11-22', false)).toBe('11-22')
  })

  it('adds up, and stays in the order of time', () => {
    const rows = [
      { key: 'a', payments: 1, paid_fen: 10, refunds: 0, refunded_fen: 0 },
      { key: 'b', payments: 2, paid_fen: 30, refunds: 1, refunded_fen: 5 },
    ]
    expect(moneySums(rows)).toEqual({ payments: 3, paid_fen: 40, refunds: 1, refunded_fen: 5 })
    expect(rowsInOrder('day', rows).map((row) => row.key)).toEqual(['a', 'b'])
    expect(rowsInOrder('item', rows).map((row) => row.key)).toEqual(['b', 'a'])
  })
})

describe('who owes', () => {
  const debt = (bill_id: string, student_no: string, name: string, owed_fen: number): Debt => ({
    ...{ bill_id, student_no, name: `学生${student_no}`, college: '机械', major: '数控' },
    ...{ class: name, item: '学费', period: '2026', due_fen: owed_fen, paid_fen: 0, owed_fen },
  })
  const debts = [
    debt('1', '01', '一班', 100),
    debt('2', '01', '一班', 20),
    debt('3', '02', '一班', 3),
    debt('4', '03', '二班', 5),
    debt('5', '03', '二班', 7),
  ]

  it('is read by student and class', () => {
    const classes = debtClasses(debts)
    expect(classes.map(({ name, owed_fen }) => [name, owed_fen])).toEqual([
      ['一班', 123],
      ['二班', 12],
    ])
    expect(classes[0]?.debtors.map(({ owed_fen }) => owed_fen)).toEqual([120, 3])
  })

  it('shows nobody with half of what is owed', () => {
    expect(wholeDebts(debts, false)).toHaveLength(5)
    expect(wholeDebts(debts, true).map((one) => one.bill_id)).toEqual(['1', '2', '3'])
    expect(wholeDebts(debts.slice(3), true)).toHaveLength(2)
    expect(wholeDebts([], true)).toEqual([])
  })

  it('keeps classes of the same name in different colleges apart', () => {
    const other = { ...debt('6', '09', '一班', 1), college: '管理' }
    expect(debtClasses([...debts.slice(0, 3), other])).toHaveLength(2)
  })
})
