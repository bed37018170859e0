import { afterEach, expect, it, vi } from 'vitest'
import { computed, h } from 'vue'
import { mount } from '@vue/test-utils'
import { AsIs, Said } from './Said'
import { mark, said, sayIn, t, tn } from './words'

const english = {
  sentences: {
    登录: 'Sign in',
    '共 %{n} 项': ['%{n} item', '%{n} items'],
    '向 %{school} 支付': 'Pay %{school}',
  },
  said: (sentence: string) => (sentence === '学费' ? 'Tuition' : sentence),
  take: () => {},
}

afterEach(() => sayIn('zh'))

it('says Chinese as it stands, with its values', () => {
  expect(t('登录')).toBe('登录')
  expect(tn('共 %{n} 项', 2)).toBe('共 2 项')
  expect(said(mark('学费'))).toBe('学费')
  expect(document.documentElement.lang).not.toBe('en')
})

it('says English, with one and many', () => {
  sayIn('en', english)
  expect(t('登录')).toBe('Sign in')
  expect(t('向 %{school} 支付', { school: '学院' })).toBe('Pay 学院')
  expect(tn('共 %{n} 项', 1)).toBe('1 item')
  expect(tn('共 %{n} 项', 0)).toBe('0 items')
  expect(said('学费')).toBe('Tuition')
  expect(document.documentElement.lang).toBe('en')
})

it('changes what is shown already', () => {
  const shown = computed(() => t('登录') + said('学费'))
  expect(shown.value).toBe('登录学费')
  sayIn('en', english)
  expect(shown.value).toBe('Sign inTuition')
  sayIn('zh')
  expect(shown.value).toBe('登录学费')
  expect(document.documentElement.lang).toBe('zh-CN')
})

it('says in Chinese what has no English, and warns those who write pages', () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
  sayIn('en', english)
  expect(t('没有的句子')).toBe('没有的句子')
  expect(warned).toHaveBeenCalled()
})

it('marks what stays Chinese on an English page', () => {
  const show = (node: typeof Said, text: string) => mount(() => h('p', h(node, { text }))).html()
  expect(show(Said, '学费')).toBe('<p>学费</p>')
  sayIn('en', english)
  expect(show(Said, '学费')).toBe('<p>Tuition</p>')
  expect(show(AsIs, '学费')).toBe('<p><span lang="zh-CN">学费</span></p>')
  expect(show(AsIs, 'Pay 学院（财务处）2 号账户 first')).toBe(
    '<p>Pay <span lang="zh-CN">学院（财务处）2 号账户</span> first</p>',
  )
})
