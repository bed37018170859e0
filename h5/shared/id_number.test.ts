// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { idNumberFault, tidyIdNumber } from './id_number'

describe('check digit', () => {
  it.each([
    ['11010519491231002X', 'none'],
    ['440524188001010014', 'none'],
    ['110105194912310021', 'check_digit'],
    ['440524188001010015', 'check_digit'],
    ['440542188001010014', 'check_digit'], // two digits swapped
    ['1101051949123100', 'length'],
    ['1101051949123100211', 'length'],
    ['E12345678', 'none'], // a passport is not ours to judge
    ['2024010123', 'none'], // nor is a student number
  ])('%s: %s', (number, fault) => expect(idNumberFault(number)).toBe(fault))
})

it('tidies what phones and keyboards put in', () => {
  expect(tidyIdNumber(' 110105 19491231 002x ')).toBe('11010519491231002X')
  expect(tidyIdNumber('１１０１０５１９４９１２３１００２ｘ')).toBe('11010519491231002X')
})
