import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NoAnswer, Refusal } from '../errors'
import { keepToken, onSignedOut } from './client'
import { confirmOrder, getOrder, listOrders, openOrder } from './orders'
import { getSession, signOut } from './session'

const json = (status: number, body: object) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const session = (csrf_token: string) => ({ signed_in: true, csrf_token, wechat: {} })
const stale = { code: 'csrf_token_wrong', message: '页面已过期，请刷新后重试' }

const sent: Request[] = []
let answers: (() => Response | Promise<Response>)[] = []

beforeEach(() => {
  sent.length = 0
  answers = []
  keepToken('first')
  onSignedOut(() => {})
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(request)
    return answers.shift()!()
  })
})
afterEach(() => vi.useRealTimers())

const headers = () => sent.map((request) => request.headers.get('X-CSRF-Token'))

describe('token', () => {
  it('goes with what changes something and not with what reads', async () => {
    answers = [() => json(200, {}), () => json(200, {})]
    await getOrder('A00001')
    await confirmOrder('A00001')
    expect(headers()).toEqual([null, 'first'])
  })

  it('is the one of the newest session', async () => {
    answers = [() => json(200, session('second')), () => json(200, {})]
    await getSession()
    await confirmOrder('A00001')
    expect(headers()).toEqual([null, 'second'])
  })

  it('is fetched again once when the server calls it stale, and the call repeated', async () => {
    answers = [
      () => json(403, stale),
      () => json(200, session('third')),
      () => json(200, { wechat: 'paid' }),
    ]
    expect(await confirmOrder('A00001')).toEqual({ wechat: 'paid' })
    expect(headers()).toEqual(['first', null, 'third'])
    expect(new URL(sent[2]!.url).pathname).toBe('/api/v1/orders/A00001/confirm')
    expect(sent[2]!.method).toBe('POST')
  })

  it('is not fetched a second time', async () => {
    answers = [() => json(403, stale), () => json(200, session('third')), () => json(403, stale)]
    await expect(signOut()).rejects.toMatchObject({ code: 'csrf_token_wrong' })
    expect(sent).toHaveLength(3)
  })

  it('is left alone by other refusals', async () => {
    answers = [() => json(403, { code: 'not_allowed_at_this_level', message: '不能' })]
    await expect(signOut()).rejects.toBeInstanceOf(Refusal)
    expect(sent).toHaveLength(1)
  })
})

describe('a call', () => {
  const sentTo = () =>
    sent.map(({ method, url }) => `${method} ${url.slice(location.origin.length)}`)

  it('puts names and queries into the address, so that nothing in them can lead elsewhere', async () => {
    answers = [() => json(200, {}), () => json(200, {}), () => json(200, {})]
    await getOrder('../session?a=1#b')
    await listOrders({ before: 'A 1&before=2' })
    await listOrders()
    expect(sentTo()).toEqual([
      'GET /api/v1/orders/..%2Fsession%3Fa%3D1%23b',
      'GET /api/v1/orders?before=A+1%26before%3D2',
      'GET /api/v1/orders',
    ])
  })

  it('sends what it carries as JSON, and nothing else as anything', async () => {
    answers = [() => json(200, {}), () => json(200, {})]
    const wish = { request_id: 'a'.repeat(32), bill_ids: ['1'], total_fen: 100 }
    await openOrder(wish)
    await confirmOrder('A00001')
    expect(sentTo()).toEqual(['POST /api/v1/orders', 'POST /api/v1/orders/A00001/confirm'])
    expect(await sent[0]!.json()).toEqual(wish)
    expect(sent[0]!.headers.get('Content-Type')).toBe('application/json')
    expect(sent[1]!.headers.get('Content-Type')).toBeNull()
    expect(await sent[1]!.text()).toBe('')
  })
})

describe('failures', () => {
  it('turns a refusal into its code, sentence and order', async () => {
    answers = [
      () => json(409, { code: 'bill_in_live_order', message: '在订单中', order_no: 'B00002' }),
    ]
    await expect(getOrder('A00001')).rejects.toMatchObject({
      code: 'bill_in_live_order',
      message: '在订单中',
      orderNo: 'B00002',
      status: 409,
    })
  })

  it('tells when the session is over', async () => {
    const over = vi.fn()
    onSignedOut(over)
    answers = [() => json(401, { code: 'not_signed_in', message: '请先登录' })]
    await expect(getOrder('A00001')).rejects.toBeInstanceOf(Refusal)
    expect(over).toHaveBeenCalledOnce()
  })

  it('has a sentence for a gateway that answers in HTML', async () => {
    answers = [() => new Response('<h1>502</h1>', { status: 502 })]
    await expect(getOrder('A00001')).rejects.toMatchObject({
      code: 'http_502',
      message: '系统繁忙，请稍后再试',
    })
  })

  it.each([
    ['a lost connection', () => Promise.reject(new TypeError('Failed to fetch'))],
    ["a hotspot's own page", () => new Response('<html>', { status: 200 })],
  ])('calls %s no answer', async (_name, answer) => {
    answers = [answer]
    await expect(getOrder('A00001')).rejects.toMatchObject(new NoAnswer('broken'))
  })

  it('gives up at the deadline', async () => {
    vi.useFakeTimers()
    vi.stubGlobal(
      'fetch',
      (_request: Request, { signal }: RequestInit) =>
        new Promise((_resolve, reject) =>
          signal!.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
        ),
    )
    const call = expect(getOrder('A00001')).rejects.toMatchObject({ why: 'timeout' })
    await vi.advanceTimersByTimeAsync(15_000)
    await call
  })
})
