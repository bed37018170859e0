import { expect, it } from 'vitest'
import { checkContact } from './contact'

const nothing = { phone: '', email: '', postcode: '', address: '' }

it('lets empty fields be', () => expect(checkContact(nothing)).toEqual({}))

it.each([
  ['phone', '13900000123', '1390000012'],
  ['email', 'a@mail.example', 'a@mail'],
  ['postcode', ' 130012 ', '13001'],
] as const)('sees where the %s is mistyped', (field, right, wrong) => {
  expect(checkContact({ ...nothing, [field]: right })).toEqual({})
  expect(Object.keys(checkContact({ ...nothing, [field]: wrong }))).toEqual([field])
})
