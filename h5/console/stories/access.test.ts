import { beforeEach, expect, it } from 'vitest'
import type { ConsoleSession, Role } from '../../shared/api/console'
import { myBlocks, placeOfKey, whereInstead } from './access'
import { became, may } from './session'

const page = (open = false) => ({ component: {}, title: '', open })
const nobody: ConsoleSession = { signed_in: false, csrf_token: 't' }
const somebody = (role: Role, stage: 'ready' | 'setup' = 'ready'): ConsoleSession => ({
  ...{ signed_in: true, csrf_token: 't', stage, operations: ['listOperators'] },
  operator: { operator: '1', name: 'li', display_name: '李', role, colleges: [] },
})
beforeEach(() => became(nobody))

it('leads strangers to the sign-in and back', () => {
  expect(whereInstead(page(), '/audit?who=li')).toBe('/sign-in?back=%2Faudit%3Fwho%3Dli')
  expect(whereInstead(page(), '/')).toBe('/sign-in')
  expect(whereInstead(page(), '/setup')).toBe('/sign-in')
  expect(whereInstead(page(true), '/sign-in')).toBeUndefined()
})

it('lets nobody past setting himself up', () => {
  became(somebody('admin', 'setup'))
  expect(whereInstead(page(), '/audit')).toBe('/setup')
  expect(whereInstead(page(), '/setup')).toBeUndefined()
  expect(may('listOperators')).toBe(false)
  became(somebody('admin'))
  expect(whereInstead(page(), '/setup')).toBe('/')
})

it('shows each role its blocks, by letter too', () => {
  became(somebody('finance'))
  const paths = myBlocks().map((block) => block.path)
  expect(paths).toContain('/me')
  expect(paths).not.toContain('/operators')
  expect([placeOfKey('n'), placeOfKey('p'), placeOfKey('h')]).toEqual(['/me', undefined, '/'])
  expect(whereInstead(page(), '/operators?id=1')).toBe('/')
  became(somebody('auditor'))
  expect(placeOfKey('p')).toBe('/operators')
  expect(whereInstead(page(), '/operators?id=1')).toBeUndefined()
})

it('knows what the server lets the operator do', () => {
  became(somebody('admin'))
  expect([may('listOperators'), may('addOperator')]).toEqual([true, false])
  became(nobody)
  expect(may('listOperators')).toBe(false)
})
