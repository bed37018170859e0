// Small rules that pages follow.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { SessionRow } from '../../shared/api/console'
import type { Operator } from '../../shared/api/operators'
import { blocks, home } from '../blocks'
import { actionOptions, actionWord, actorText, rowKey } from './audit'
import { codeFault, secretInGroups, tidyCode } from './code'
import { fileFault, sizeText } from './files'
import { greeting } from './greeting'
import { isWanted, nameFault, sessionWord } from './operators'
import { checkNewPassword, passwordRules } from './password'
import { nameOfPeriod, periodOf } from './periods'

// The first is the last minute of a Beijing day in UTC's month before.
const lastMinuteOfAugust = Date.UTC(2026, 7, 31, 15, 59)
const firstMinuteOfMarch = Date.UTC(2028, 1, 29, 16, 0)

it.each([
  ['今天', '2026-08-31', '2026-08-31'],
  ['昨天', '2026-08-30', '2026-08-30'],
  ['近 7 天', '2026-08-25', '2026-08-31'],
  ['近 30 天', '2026-08-02', '2026-08-31'],
  ['本月', '2026-08-01', '2026-08-31'],
  ['上月', '2026-07-01', '2026-07-31'],
] as const)('%s is a period of Beijing’s days', (name, from, to) => {
  expect(periodOf(name, lastMinuteOfAugust)).toEqual({ from, to })
  expect(nameOfPeriod({ from, to }, lastMinuteOfAugust)).toBe(name)
})

it('knows where the month before ends', () => {
  expect(periodOf('上月', firstMinuteOfMarch)).toEqual({ from: '2028-02-01', to: '2028-02-29' })
  expect(nameOfPeriod({ from: '2028-01-03', to: '2028-01-04' }, firstMinuteOfMarch)).toBeUndefined()
})

it('greets by Beijing’s hour', () => {
  expect(greeting(lastMinuteOfAugust)).toBe('晚上好')
  expect(greeting(firstMinuteOfMarch)).toBe('夜深了')
})

describe('one-time codes', () => {
  it('may be typed in groups and in full width', () => {
    expect(tidyCode(' 123 456 ')).toBe('123456')
    expect(tidyCode('１２３４５６')).toBe('123456')
    expect(['', '12345', '1234567', '12345x'].map(codeFault).every(Boolean)).toBe(true)
    expect(codeFault('123 456')).toBe('')
  })
  it('come from a secret that is read in groups', () => {
    expect(secretInGroups('ABCDEFGH234')).toBe('ABCD EFGH 234')
  })
})

describe('an operator’s password', () => {
  const unmet = (password: string, name = 'li.na') =>
    passwordRules(password, name).filter((rule) => !rule.met).length
  it.each([
    ['rain-on-the-rails', 0],
    ['short-1', 1],
    ['onlyletters', 1],
    ['a password 1', 1],
    ['密码一二三四五六七八1', 1],
    ['xxLi.NA-2026', 1],
    ['1a1a1a1a1a1a', 1],
    ['', 4],
  ])('%s breaks %i rules', (password, count) => expect(unmet(password)).toBe(count))
  it('is typed twice', () => {
    const typed = { new_password: 'rain-on-the-rails', new_password_again: 'rain-on-the-rail' }
    expect(checkNewPassword(typed, 'li')).toHaveProperty('new_password_again')
    expect(checkNewPassword({ ...typed, new_password_again: typed.new_password }, 'li')).toEqual({})
  })
})

describe('operators', () => {
  const one: Operator = {
    ...{ operator: '1', name: 'wang', display_name: '王晓梅', role: 'finance', state: 'ready' },
    ...{ colleges: ['汽车工程学院'], live_sessions: 0, added_at: 0, version: 1 },
  }
  it('are found by any part of what they are called', () => {
    for (const text of ['WAN', '晓梅', '汽车']) expect(isWanted(one, { text })).toBe(true)
    expect(isWanted(one, { text: '机械' })).toBe(false)
    expect(isWanted(one, { text: 'wang', role: 'admin' })).toBe(false)
    expect(isWanted(one, { state: 'ready', role: 'finance' })).toBe(true)
  })
  it('have login names of small letters', () => {
    for (const name of ['li', 'zhao.min', 'w-2']) expect(nameFault(name)).toBe('')
    for (const name of ['', 'l', 'Li', '2li', '王', 'a'.repeat(33)])
      expect(nameFault(name)).not.toBe('')
  })
  it('have sessions that say how they ended', () => {
    const row: SessionRow = {
      ...{
        session: '1',
        operator: '1',
        name: 'li',
        display_name: '李',
        stage: 'ready',
        own: false,
      },
      ...{ began_at: 0, seen_at: 0, ends_at: 0, address: '', browser: '' },
    }
    expect(sessionWord(row).word).toBe('在线')
    expect(sessionWord({ ...row, own: true }).word).toBe('本次登录')
    expect(sessionWord({ ...row, ended_at: 1, ended_by: 'idle' }).word).toBe('长时间未操作')
    expect(sessionWord({ ...row, ended_at: 1 }).word).toBe('已结束')
  })
})

describe('the audit', () => {
  const row = { at: 1, actor: '', action: 'x', object: '', result: '', detail: '', address: '' }
  it('says who, as far as anybody knows', () => {
    expect(actorText({ ...row, actor: 'operator:7', actor_name: '王晓梅' })).toBe('王晓梅')
    expect(actorText({ ...row, actor: 'student:4711' })).toBe('学生 4711')
    expect(actorText({ ...row, actor: 'wechat' })).toBe('微信')
    expect(actorText(row)).toBe('未登录')
    expect(actorText({ ...row, actor: 'robot:1' })).toBe('robot:1')
  })
  it('shows an action nobody has a word for as it is written', () => {
    expect([actionWord('operator.add'), actionWord('new.thing')]).toEqual([
      '添加操作员',
      'new.thing',
    ])
    expect(actionOptions.map(([value]) => value)).toContain('refund.')
  })
  it('tells rows from before the chain apart', () => {
    expect(rowKey({ ...row, number: 12 })).toBe('12')
    expect(rowKey(row)).not.toBe(rowKey({ ...row, object: 'o' }))
  })
})

describe('files', () => {
  const rule = { endings: ['.xlsx', '.csv'], maxBytes: 2 * 1024 * 1024 }
  it.each([
    ['a.XLSX', 10, ''],
    ['a.xls', 10, '请选择'],
    ['a.csv', 0, '空'],
    ['a.csv', 2 * 1024 * 1024 + 1, '超过 2 MB'],
  ])('%s of %i bytes', (name, size, said) => {
    const fault = fileFault({ name, size }, rule)
    expect(said ? fault.includes(said) : fault === '').toBe(true)
  })
  it('say how large they are', () => {
    expect([0, 1023, 1024, 1024 * 1024 * 3.25].map(sizeText)).toEqual([
      '0 B',
      '1023 B',
      '1 KB',
      '3.2 MB',
    ])
  })
})

describe('blocks', () => {
  it('have a letter of their own, and one address', () => {
    const keys = [home, ...blocks].map((block) => block.key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).not.toContain('g')
    expect(new Set(blocks.map((block) => block.path)).size).toBe(blocks.length)
  })
  it('are there for those who may read them by the contract', () => {
    const contract = readFileSync('../server/routes/openapi.yaml', 'utf8')
    for (const { reads, roles, title } of blocks) {
      if (!reads) continue
      const found = new RegExp(`operationId: ${reads}\\n[^\\0]*?x-roles: \\[(.*?)\\]`).exec(
        contract,
      )
      expect(found?.[1]?.split(/,\s*/), title).toEqual([...roles])
    }
  })
})
