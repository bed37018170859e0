import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, watch } from 'vue'
import { here, replace, startRouting } from '../../shared/route'
import { faultOf, useFilter, type Field } from './filter'

vi.stubGlobal('scrollTo', () => undefined)
startRouting({
  base: '/console',
  pages: { '/': { component: {}, title: '首页' }, '/audit': { component: {}, title: '审计' } },
  home: '/',
  instead: async () => undefined,
  closeOver: () => false,
})
const fields: Field[] = [
  { id: 'text', label: '搜索', kind: 'text', personal: true },
  { id: 'state', label: '状态', kind: 'select', options: [['paid', '已支付']] },
  { id: 'period', label: '日期', kind: 'period' },
]
const make = () => effectScope().run(() => useFilter(fields))!
beforeEach(() => {
  vi.stubGlobal('scrollTo', () => undefined)
  return replace('/audit?tab=a&state=paid')
})

it('begins with what the address says', () => {
  const filter = make()
  expect(filter.wanted.value).toEqual({ state: 'paid' })
  expect(filter.filtered.value).toBe(true)
})

it('stands in the address, but for what may name a person', () => {
  const filter = make()
  filter.change({ text: ' 张三 ', from: '2026-09-01' })
  expect(here.full).toBe('/audit?tab=a&state=paid&from=2026-09-01')
  expect(here.kept).toEqual({ text: '张三' })
  expect(filter.wanted.value).toEqual({ text: '张三', state: 'paid', from: '2026-09-01' })
  expect(make().wanted.value).toEqual(filter.wanted.value)
  filter.clear()
  expect([here.full, filter.filtered.value]).toEqual(['/audit?tab=a', false])
})

it('is asked anew where it changes, and only then', async () => {
  const filter = make()
  const asked = vi.fn()
  const stop = watch(filter.wanted, asked)
  filter.change({ state: 'paid' })
  await nextTick()
  expect(asked).not.toHaveBeenCalled()
  filter.change({ state: '' })
  await nextTick()
  expect(asked).toHaveBeenCalledTimes(1)
  await replace('/?state=paid')
  expect(asked).toHaveBeenCalledTimes(1)
  stop()
})

it('doubts a period that ends before it begins, and what is no amount', () => {
  const also: Field[] = [...fields, { id: 'least', label: '金额', kind: 'money' }]
  const fault = (wanted: Record<string, string>) => faultOf(also, wanted)
  expect(fault({ from: '2026-09-02', to: '2026-09-01' })).toContain('晚于')
  expect(fault({ from: '2026-09-01', to: '2026-09-01', least: '1,200.5' })).toBe('')
  expect(fault({ to: '2026-09-01' })).toBe('')
  expect(fault({ least: '一百' })).toContain('金额')
})
