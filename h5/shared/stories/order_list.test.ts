import { expect, it } from 'vitest'
import { anOrder, aClosedOrder } from '../../dev/samples'
import { withNewest } from './order_list'

const numbered = (...numbers: string[]) => numbers.map((order_no) => anOrder({ order_no }))

it('puts what is new in front and keeps what was loaded below', () => {
  const known = { orders: numbered('C', 'B', 'A'), next: undefined }
  const newest = { orders: [...numbered('D'), aClosedOrder({ order_no: 'C' })], next: 'C' }
  const now = withNewest(known, newest)
  expect(now.orders.map((order) => order.order_no)).toEqual(['D', 'C', 'B', 'A'])
  expect(now.orders[1]!.state).toBe('closed')
  expect(now.next).toBeUndefined()
})

it('starts over where the two do not touch, so that no order is skipped', () => {
  const known = { orders: numbered('B', 'A'), next: undefined }
  const newest = { orders: numbered('Z', 'Y'), next: 'Y' }
  expect(withNewest(known, newest)).toBe(newest)
})

it('takes the new end where everything known is on the first page', () => {
  const known = { orders: numbered('B', 'A'), next: 'A' }
  const newest = { orders: numbered('C', 'B', 'A'), next: undefined }
  expect(withNewest(known, newest)).toEqual(newest)
})
