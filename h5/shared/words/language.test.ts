import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'

const names = vi.fn()
vi.mock('../api/site', () => ({ getEnglishNames: names }))

const take = vi.fn()
const english = { sentences: { 登录: 'Sign in' }, said: (sentence: string) => sentence, take }

/** A page that was just loaded. */
async function fresh() {
  vi.resetModules()
  const words = await import('./words')
  const own = await import('./language')
  const { default: LanguageSwitch } = await import('./LanguageSwitch.vue')
  return { ...words, ...own, LanguageSwitch }
}

beforeEach(() => {
  localStorage.clear()
  take.mockReset()
  names.mockReset().mockResolvedValue({ names: { 某校: 'Some School' } })
})

it('fetches nothing for readers of Chinese', async () => {
  const { startWords, t } = await fresh()
  const fetch = vi.fn()
  await startWords(fetch)
  expect(fetch).not.toHaveBeenCalled()
  expect(t('登录')).toBe('登录')
})

it('changes at once, and remembers the choice', async () => {
  const first = await fresh()
  const fetch = vi.fn().mockResolvedValue({ default: english })
  await first.startWords(fetch)
  const pressed = mount(first.LanguageSwitch)
  expect(pressed.text()).toBe('English')
  await pressed.trigger('click')
  await flushPromises()
  expect(first.t('登录')).toBe('Sign in')
  expect(pressed.text()).toBe('中文')

  const second = await fresh()
  await second.startWords(fetch)
  expect(second.t('登录')).toBe('Sign in')
  await second.choose('zh')
  expect(second.t('登录')).toBe('登录')

  const third = await fresh()
  await third.startWords(vi.fn())
  expect(third.t('登录')).toBe('登录')
})

it('goes on in Chinese where English does not come, and says so when it was asked for', async () => {
  localStorage.setItem('campus.language', 'en')
  const { startWords, t, LanguageSwitch } = await fresh()
  await startWords(() => Promise.reject(new Error('offline')))
  expect(t('登录')).toBe('登录')
  const pressed = mount(LanguageSwitch)
  await pressed.trigger('click')
  await flushPromises()
  expect(pressed.text()).toBe('Not loaded: reload in English')
})

it('does not keep a reader waiting for words that are slow', async () => {
  localStorage.setItem('campus.language', 'en')
  vi.useFakeTimers()
  const { startWords, t } = await fresh()
  let arrive: (answer: { default: typeof english }) => void = () => {}
  const started = startWords(() => new Promise((resolve) => (arrive = resolve)))
  await vi.advanceTimersByTimeAsync(6000)
  await started
  vi.useRealTimers()
  expect(t('登录')).toBe('登录')
  arrive({ default: english })
  await flushPromises()
  expect(t('登录')).toBe('Sign in')
})

it("brings the school's own names along, and does without them", async () => {
  const first = await fresh()
  await first.startWords(() => Promise.resolve({ default: english }))
  names.mockRejectedValueOnce(new Error('offline'))
  await first.choose('en')
  expect(first.language()).toBe('en')
  expect(take).not.toHaveBeenCalled()
  await first.choose('zh')
  await first.choose('en')
  expect(take).toHaveBeenCalledExactlyOnceWith({ 某校: 'Some School' })
  await first.choose('en')
  expect(names).toHaveBeenCalledTimes(2)
})

it('works where nothing can be kept', async () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new Error('storage is switched off')
  })
  const { startWords, choose, t } = await fresh()
  await startWords(() => Promise.resolve({ default: english }))
  await choose('en')
  expect(t('登录')).toBe('Sign in')
})
