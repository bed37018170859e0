import { describe, expect, it } from 'vitest'
import { checkNewPassword, passwordRules } from './password_rules'

const met = (password: string, username?: string) =>
  passwordRules(password, username).map((rule) => rule.met)

describe('the rules of a password', () => {
  it.each([
    ['', [false, false, false]],
    ['rails', [false, false, true]],
    ['rainrails', [true, false, true]],
    ['rain-on-the-rails', [true, true, true]],
    ['2024010123', [true, false, false]],
    ['x2024010123', [true, true, false]],
    ['07123X', [false, true, false]],
    ['a1'.repeat(32), [true, true, true]],
    ['a1'.repeat(32) + 'b', [false, true, true]],
  ])('for %j', (password, expected) => {
    expect(met(password, '2024010123')).toEqual(expected)
  })
})

describe('a new password', () => {
  const check = (new_password: string, new_password_again: string) =>
    Object.keys(checkNewPassword({ new_password, new_password_again }))

  it('is asked for twice, the same', () => {
    expect(check('', '')).toEqual(['new_password'])
    expect(check('short', 'short')).toEqual(['new_password'])
    expect(check('rain-on-the-rails', '')).toEqual(['new_password_again'])
    expect(check('rain-on-the-rails', 'rain-on-the-rail')).toEqual(['new_password_again'])
    expect(check('rain-on-the-rails', 'rain-on-the-rails')).toEqual([])
  })
})
