import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { later } from './later'

const Page = { template: '', render: () => 'the page' }

it('shows words until the page is there', async () => {
  const page = mount(later(() => Promise.resolve({ Page }), 'Page'))
  expect(page.get('[role=status]').text()).toBe('正在打开…')
  await flushPromises()
  expect(page.text()).toBe('the page')
})

it('offers to try again where the page cannot be fetched', async () => {
  const page = mount(later(() => Promise.reject(new Error('404')), 'Page'))
  await flushPromises()
  expect(page.get('[role=alert]').text()).toContain('没有收到回复')
  expect(page.find('[data-testid=retry]').exists()).toBe(true)
})
