import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import ConfirmDialog from './ConfirmDialog.vue'
import FileDrop from './FileDrop.vue'
import JobProgress from './JobProgress.vue'
import Money from './Money.vue'
import Tabs from './Tabs.vue'
import Time from './Time.vue'

it('a question wants its reason before it is agreed to', async () => {
  const shown = mount(ConfirmDialog, {
    props: { question: '驳回？', yes: '驳回', reason: '原因', reasonMax: 30 },
    attachTo: document.body,
  })
  await flushPromises()
  expect(document.activeElement).toBe(shown.get('textarea').element)
  await shown.get('form').trigger('submit')
  expect(shown.emitted('yes')).toBeUndefined()
  expect(shown.text()).toContain('请填写原因')
  await shown.get('textarea').setValue('  金额有误 ')
  await shown.get('form').trigger('submit')
  expect(shown.emitted('yes')).toEqual([['金额有误']])
  await shown.setProps({ busy: true })
  await shown.get('form').trigger('submit')
  expect(shown.emitted('yes')).toHaveLength(1)
})

it('a question without a reason is agreed to at once', async () => {
  const shown = mount(ConfirmDialog, { props: { question: '停用？', yes: '停用' } })
  await shown.get('form').trigger('submit')
  expect(shown.emitted('yes')).toEqual([['']])
})

it('a file is looked at before it is taken', async () => {
  const rule = { endings: ['.csv'], maxBytes: 10 }
  const shown = mount(FileDrop, { props: { label: '退款文件', rule } })
  const drop = (...files: File[]) => shown.get('.drop').trigger('drop', { dataTransfer: { files } })
  await drop(new File(['a'], 'a.txt'))
  expect(shown.text()).toContain('请选择 .csv 文件')
  await drop(new File(['12345678901'], 'a.csv'))
  expect(shown.text()).toContain('超过')
  await drop(new File(['a'], 'a.csv'), new File(['b'], 'b.csv'))
  expect(shown.text()).toContain('一次只能')
  expect(shown.emitted('file')).toBeUndefined()
  const good = new File(['a'], 'a.csv')
  await drop(good)
  expect(shown.emitted('file')).toEqual([[good]])
})

it('a job says how far it is, and offers its file at the end', async () => {
  const job = { title: '导出', state: 'going', done: 1200, total: 5000 } as const
  const shown = mount(JobProgress, { props: { job, canCancel: true } })
  expect(shown.text()).toContain('1,200 / 5,000')
  await shown.get('[data-testid=job-cancel]').trigger('click')
  expect(shown.emitted('cancel')).toHaveLength(1)
  const file = { href: '/api/v1/x', name: 'a.xlsx' }
  await shown.setProps({ job: { ...job, state: 'done', file } })
  expect(shown.get('[data-testid=job-download]').attributes()).toMatchObject({ download: 'a.xlsx' })
  expect(shown.find('[data-testid=job-cancel]').exists()).toBe(false)
  expect(shown.get('progress').attributes('value')).toBe('5000')
})

it('tabs are moved between by arrows', async () => {
  const tabs = ['a', 'b', 'c'].map((id) => ({ id, title: id }))
  const shown = mount(Tabs, {
    props: { name: '看', tabs, modelValue: 'a' },
    slots: { a: '甲', b: '乙' },
  })
  expect(shown.get('[role=tabpanel]').text()).toBe('甲')
  await shown.get('[role=tablist]').trigger('keydown', { key: 'ArrowLeft' })
  await shown.get('[role=tablist]').trigger('keydown', { key: 'ArrowRight' })
  expect(shown.emitted('update:modelValue')).toEqual([['c'], ['b']])
})

it('money and times say when there is none', () => {
  expect(mount(Money, { props: { fen: -120050, yen: true } }).text()).toBe('¥-1,200.50')
  expect(mount(Money, { props: { fen: undefined } }).text()).toBe('—')
  const at = Date.UTC(2026, 7, 31, 16, 0, 9)
  const time = mount(Time, { props: { at } })
  expect([time.text(), time.attributes('title')]).toEqual([
    '2026-09-01 00:00',
    '2026-09-01 00:00:09',
  ])
  expect(mount(Time, { props: { at: undefined } }).text()).toBe('—')
})
