import { beforeEach, describe, expect, it, vi } from 'vitest'
import { aClosedOrder, anOrder, aPaidOrder } from '../../dev/samples'
import {
  forgetIntent,
  intendAgain,
  intendToPay,
  intentBecame,
  intentMet,
  presentIntent,
} from './intent'

beforeEach(() => sessionStorage.clear())

describe('request id', () => {
  it('has the shape that the server wants', () => {
    expect(intendToPay(['2', '1'], 100).request_id).toMatch(/^[0-9A-Za-z-]{16,64}$/)
  })

  it('is kept for the same bills at the same sum, in whatever order they were ticked', () => {
    const first = intendToPay(['2', '1'], 100)
    expect(intendToPay(['1', '2'], 100).request_id).toBe(first.request_id)
  })

  it('outlives a reload of the page', async () => {
    const first = intendToPay(['1'], 100)
    vi.resetModules()
    const reloaded = await import('./intent')
    expect(reloaded.presentIntent()).toEqual(first)
    expect(reloaded.intendToPay(['1'], 100)).toEqual(first)
  })

  it.each([
    ['other bills', ['1', '3'], 100],
    ['fewer bills', ['1'], 100],
    ['another sum', ['1', '2'], 101],
  ])('is a new one for %s', (_name, ids, total) => {
    const first = intendToPay(['1', '2'], 100)
    expect(intendToPay(ids, total).request_id).not.toBe(first.request_id)
  })

  it('is kept for the same parts, and sent on with them', () => {
    const parts = [
      { bill_id: '2', amount_fen: 30 },
      { bill_id: '1', amount_fen: 20 },
    ]
    const first = intendToPay(['1', '2'], 50, parts)
    expect(first.parts).toEqual([parts[1], parts[0]])
    expect(intendToPay(['2', '1'], 50, [...parts].reverse())).toEqual(first)
    expect(intendAgain(first)).toMatchObject({ parts: first.parts })
  })

  it.each([
    ['other parts at the same sum', [20, 30]],
    ['no part any more', []],
  ])('is a new one for %s', (_name, amounts) => {
    const of = (fens: number[]) =>
      fens.map((amount_fen, at) => ({ bill_id: `${at + 1}`, amount_fen }))
    const first = intendToPay(['1', '2'], 50, of([30, 20]))
    expect(intendToPay(['1', '2'], 50, of(amounts)).request_id).not.toBe(first.request_id)
  })

  it('is a new one when started over, for the same bills', () => {
    const first = intendToPay(['1'], 100)
    const again = intendAgain(first)
    expect(again).toMatchObject({ bill_ids: ['1'], total_fen: 100 })
    expect(again.request_id).not.toBe(first.request_id)
    expect(presentIntent()).toEqual(again)
  })
})

describe('the end of an intent', () => {
  it.each([
    ['paid', aPaidOrder()],
    ['closed', aClosedOrder()],
    ['paid late', anOrder({ state: 'paid_late' })],
  ])('comes when its order is %s', (_name, order) => {
    intentBecame(intendToPay(['1'], 100), order.order_no)
    intentMet(order)
    expect(presentIntent()).toBeUndefined()
  })

  it('does not come while the order lives, nor with another order', () => {
    intentBecame(intendToPay(['1'], 100), 'A00001')
    intentMet(anOrder())
    intentMet(aPaidOrder({ order_no: 'B00002' }))
    expect(presentIntent()?.order_no).toBe('A00001')
  })

  it('an answer to an older intent changes nothing', () => {
    const old = intendToPay(['1'], 100)
    const now = intendToPay(['2'], 200)
    intentBecame(old, 'A00001')
    expect(presentIntent()).toEqual(now)
  })
})

it('does with memory where storage is switched off', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('denied')
  })
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new DOMException('denied')
  })
  const first = intendToPay(['1'], 100)
  expect(intendToPay(['1'], 100)).toEqual(first)
  forgetIntent()
  expect(presentIntent()).toBeUndefined()
})

it('starts over when what is stored cannot be read', () => {
  sessionStorage.setItem('campus.intent', '{broken')
  expect(presentIntent()).toBeUndefined()
  expect(intendToPay(['1'], 100).request_id).toBeTruthy()
})
