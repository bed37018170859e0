import { beforeEach, expect, it, vi } from 'vitest'
import { choose } from '../api/choices'
import type { Payable } from '../api/orders'
import { NoAnswer, Refusal } from '../errors'
import { forgetWish, readyChoice, requestIdOf, signUpFree } from './choose'

vi.mock('../api/choices')
vi.mock('../wait', () => ({ delayBefore: () => 0, pause: async () => {} }))
const asked = vi.mocked(choose)

const payable = (state: string, wechat: string) =>
  ({ order: { order_no: 'A1', state }, wechat }) as unknown as Payable
const never = new AbortController().signal
const ready = () => readyChoice('1', { amount_fen: 100 }, 'jsapi', () => {}, never)
const ids = () => asked.mock.calls.map(([, body]) => body.request_id)

beforeEach(() => {
  forgetWish()
  asked.mockReset()
})

it('keeps the request id of a wish until it has come to its end', () => {
  const first = requestIdOf('1', { amount_fen: 100 })
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(requestIdOf('1', { amount_fen: 100 })).toBe(first)
  expect(requestIdOf('1', { amount_fen: 200 })).not.toBe(first)
  const again = requestIdOf('1', { amount_fen: 100 })
  expect(again).not.toBe(first)
  forgetWish()
  expect(requestIdOf('1', { amount_fen: 100 })).not.toBe(again)
})

it('a lost answer is asked for again with the same id', async () => {
  asked.mockRejectedValueOnce(new NoAnswer('timeout'))
  await expect(ready()).rejects.toThrow(NoAnswer)
  asked.mockResolvedValueOnce(payable('awaiting', 'ready'))
  await ready()
  expect(new Set(ids()).size).toBe(1)
})

it('a busy server is asked again', async () => {
  asked.mockRejectedValueOnce(new Refusal('busy', '忙', 503))
  asked.mockResolvedValueOnce(payable('awaiting', 'ready'))
  expect((await ready()).wechat).toBe('ready')
  expect(new Set(ids()).size).toBe(1)
})

it('an order that was closed meanwhile makes it a new wish', async () => {
  asked.mockResolvedValueOnce(payable('closed', 'settled'))
  asked.mockResolvedValueOnce(payable('awaiting', 'ready'))
  await ready()
  expect(new Set(ids()).size).toBe(2)
})

it('one that was paid is not opened again', async () => {
  asked.mockResolvedValueOnce(payable('paid', 'settled'))
  expect((await ready()).order.state).toBe('paid')
  expect(asked).toHaveBeenCalledTimes(1)
})

it('a free project answers with the sign-up', async () => {
  asked.mockResolvedValueOnce({ sign_up: { sign_up_id: '7' } } as never)
  expect((await signUpFree('1', { amount_fen: 0 })).sign_up_id).toBe('7')
  asked.mockResolvedValueOnce({ sign_up: { sign_up_id: '8' } } as never)
  await signUpFree('1', { amount_fen: 0 })
  expect(new Set(ids()).size).toBe(2)
})
