import { afterEach, expect, it } from 'vitest'
import { aSession, aStranger } from '../../dev/samples'
import { session } from '../../shared/stories/session'
import { whereInstead } from './access'

const page = { component: {}, title: '' }
afterEach(() => (session.value = undefined))

it('lets in who signed in with a password of his own', () => {
  session.value = aSession()
  expect(whereInstead(page, '/orders')).toBeUndefined()
  expect(whereInstead(page, '/first-password')).toBe('/')
})

it('leads the initial password to changing it, and nowhere else', () => {
  session.value = aSession({ level: 'initial', must_change_password: true })
  expect(whereInstead(page, '/')).toBe('/first-password')
  expect(whereInstead(page, '/orders?a=1')).toBe('/first-password')
  expect(whereInstead(page, '/first-password')).toBeUndefined()
})

it.each(['initial', 'identity'] as const)('takes no %s session of the phone pages', (level) => {
  session.value = aSession({ level })
  expect(whereInstead(page, '/tuition')).toBe('/sign-in?back=%2Ftuition')
})

it('asks strangers to sign in, and brings them back', () => {
  session.value = aStranger()
  expect(whereInstead(page, '/')).toBe('/sign-in')
  expect(whereInstead(page, '/order?no=A1')).toBe('/sign-in?back=%2Forder%3Fno%3DA1')
  expect(whereInstead({ ...page, open: true }, '/sign-in')).toBeUndefined()
})
