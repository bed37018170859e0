import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { effectScope } from 'vue'
import type { Column } from '../stories/columns'
import { useList } from '../stories/list'
import DataTable from './DataTable.vue'

interface Row {
  id: string
  name: string
}
Element.prototype.scrollIntoView = () => undefined

const columns: Column<Row>[] = [
  { id: 'id', title: '编号', text: (row: Row) => row.id, must: true },
  { id: 'name', title: '名称', text: (row: Row) => row.name, yields: true },
  { id: 'note', title: '备注', extra: true },
]

async function table(count = 3, props: { ticked?: ReadonlySet<string> } = {}) {
  const all = Array.from({ length: count }, (_, at) => ({ id: `${at}`, name: `第${at}行` }))
  const list = effectScope().run(() =>
    useList<Row>({
      keyOf: (row) => row.id,
      read: async (after) => {
        const begin = after === undefined ? 0 : Number(after)
        const next = begin + 2 < all.length ? String(begin + 2) : undefined
        return { rows: all.slice(begin, begin + 2), next }
      },
    }),
  )!
  const shown = mount(DataTable<Row>, {
    attachTo: document.body,
    props: {
      ...{ name: 'test', caption: '行', columns, list, none: '没有行', panel: 'details' },
      rowName: (row: Row) => row.name,
      ...props,
    },
  })
  await list.refresh()
  await flushPromises()
  return shown
}
const focused = () => document.activeElement?.textContent?.trim()
const press = (key: string) =>
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  )
beforeEach(() => {
  localStorage.clear()
  document.body.innerHTML = ''
})

it('has one stop for Tab, and arrows between rows, on into the next page', async () => {
  const shown = await table()
  const stops = () => shown.findAll('.door').map((door) => door.attributes('tabindex'))
  expect(stops()).toEqual(['0', '-1'])
  shown.get<HTMLElement>('.door').element.focus()
  press('ArrowDown')
  await flushPromises()
  expect([focused(), stops()]).toEqual(['1', ['-1', '0']])
  press('ArrowDown')
  await flushPromises()
  press('ArrowDown')
  await flushPromises()
  expect(focused()).toBe('2')
  press('Home')
  await flushPromises()
  expect(focused()).toBe('0')
})

it('opens a row, and goes into its details when it is open already', async () => {
  const shown = await table()
  const head = document.createElement('h2')
  head.tabIndex = -1
  head.dataset['panelHead'] = ''
  document.body.append(head)
  await shown.findAll('.door')[1]!.trigger('click')
  expect(shown.emitted('open')).toEqual([[{ id: '1', name: '第1行' }]])
  await shown.setProps({ opened: '1' })
  await shown.findAll('.door')[1]!.trigger('click')
  expect(document.activeElement).toBe(head)
  expect(shown.emitted('open')).toHaveLength(1)
})

it('lets columns step aside for the details, and shows those that are asked for', async () => {
  const shown = await table()
  const heads = () => shown.findAll('th').map((head) => head.text())
  expect(heads()).toEqual(['编号', '名称'])
  await shown.setProps({ opened: '1' })
  expect(heads()).toEqual(['编号'])
  await shown.setProps({ opened: '' })
  await shown.get('[data-testid=columns]').trigger('click')
  await shown.get('[data-testid=column-note]').setValue(true)
  await shown.get('[data-testid=column-name]').setValue(false)
  expect(heads()).toEqual(['编号', '备注'])
  expect(localStorage.getItem('campus.columns.test')).toBe('id,note')
  expect(shown.get<HTMLInputElement>('[data-testid=column-id]').element.disabled).toBe(true)
})

it('ticks by key and by the box at the head', async () => {
  const shown = await table(3, { ticked: new Set() })
  shown.get<HTMLElement>('.door').element.focus()
  press(' ')
  expect(shown.emitted('update:ticked')).toEqual([[new Set(['0'])]])
  await shown.setProps({ ticked: new Set(['0']) })
  expect(shown.get('[data-testid=count]').text()).toContain('已选 1 条')
  await shown.get('[data-testid=tick-all]').setValue(true)
  expect(shown.emitted('update:ticked')?.[1]).toEqual([new Set(['0', '1'])])
})

it('says whether there is nothing at all, or nothing that fits', async () => {
  const shown = await table(0)
  expect(shown.get('[data-testid=none]').text()).toBe('没有行')
  await shown.setProps({ filtered: true })
  expect(shown.get('[data-testid=none]').text()).toContain('没有符合条件')
})
