import { expect, it } from 'vitest'
import type { Choice } from '../api/choices'
import { faultsOf, fenOf, wishOf } from './choice_form'

const power: Choice = {
  item_id: '1',
  item: '电费',
  category: 'living',
  period: '',
  merchant_name: '学院',
  state: 'open',
  min_fen: 1000,
  max_fen: 50000,
  target: { label: '宿舍', hint: '如12-305', pattern: '^[0-9]{1,2}-[0-9]{3}$' },
  form: [],
}
const training: Choice = {
  item_id: '2',
  item: '培训',
  category: 'enrolment',
  period: '2026',
  merchant_name: '学院',
  state: 'open',
  price_fen: 12000,
  form: [
    { label: '手机', kind: 'phone', required: true },
    { label: '车型', kind: 'choice', required: true, options: ['甲', '乙'] },
    { label: '备注', kind: 'text', required: false },
  ],
}
const typed = (more: object = {}) => ({ amount: '', target: '', answers: {}, ...more })

it('reads amounts as people type them, exactly', () => {
  const table: [string, number | undefined][] = [
    ['20', 2000],
    ['20.5', 2050],
    [' 20.05 ', 2005],
    ['２０．５', 2050],
    ['20元', 2000],
    ['0.07', 7],
    ['1.005', undefined],
    ['1e3', undefined],
    ['-5', undefined],
    ['', undefined],
    ['二十', undefined],
    ['99999999', undefined],
  ]
  for (const [text, fen] of table) expect(fenOf(text), text).toBe(fen)
})

it('says what is wrong, in the order of the page', () => {
  expect(faultsOf(power, typed())).toEqual({ target: '请输入宿舍', amount: '请输入金额' })
  expect(faultsOf(power, typed({ target: '12-30', amount: '9.99' }))).toEqual({
    target: '宿舍格式不正确，如12-305',
    amount: '金额应在 10.00 元到 500.00 元之间',
  })
  expect(faultsOf(power, typed({ target: ' 12-305 ', amount: 'x' }))).toEqual({
    amount: '金额应为数字，最多两位小数',
  })
  expect(faultsOf(power, typed({ target: '12-305', amount: '500' }))).toEqual({})
  expect(faultsOf(training, typed())).toEqual({ 手机: '请填写手机', 车型: '请填写车型' })
  const answers = { 手机: '1380000', 车型: '甲', 备注: '长'.repeat(101) }
  expect(faultsOf(training, typed({ answers }))).toEqual({
    手机: '应为 11 位手机号',
    备注: '最多 100 个字',
  })
})

it('asks for what was typed and for nothing that was not', () => {
  expect(wishOf(power, typed({ target: ' 12-305 ', amount: '20.5' }))).toEqual({
    amount_fen: 2050,
    target: '12-305',
  })
  const answers = { 手机: ' 13800000000 ', 车型: '甲', 备注: '  ' }
  expect(wishOf(training, typed({ answers, amount: '1' }))).toEqual({
    amount_fen: 12000,
    answers: { 手机: '13800000000', 车型: '甲' },
  })
})
