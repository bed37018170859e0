import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bridge, openPaySheet } from './bridge'

const args = {
  appId: 'wx0000000000000001',
  timeStamp: '1790000000',
  nonceStr: 'n',
  package: 'prepay_id=wx1',
  signType: 'RSA',
  paySign: 's',
}

function install(err_msg: string | undefined) {
  const invoke = vi.fn((_name: string, _args: object, answer: (r: { err_msg?: string }) => void) =>
    answer(err_msg === undefined ? {} : { err_msg }),
  )
  window.WeixinJSBridge = { invoke }
  return invoke
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  delete window.WeixinJSBridge
})

describe('pay sheet', () => {
  it.each([
    ['get_brand_wcpay_request:ok', 'ok'],
    ['get_brand_wcpay_request:cancel', 'cancel'],
    ['get_brand_wcpay_request:fail', 'fail'],
    ['get_brand_wcpay_request:fail_当前页面的URL未注册', 'fail'],
    ['system:access_denied', 'unknown'],
    [undefined, 'unknown'],
  ])('%s is %s', async (said, word) => {
    const invoke = install(said)
    expect(await openPaySheet(args)).toBe(word)
    expect(invoke).toHaveBeenCalledWith('getBrandWCPayRequest', args, expect.any(Function))
  })

  it('waits for a bridge that comes late', async () => {
    const word = openPaySheet(args)
    await vi.advanceTimersByTimeAsync(2000)
    install('get_brand_wcpay_request:ok')
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
    expect(await word).toBe('ok')
  })

  it('says so when none comes within three seconds', async () => {
    const word = openPaySheet(args)
    await vi.advanceTimersByTimeAsync(3000)
    expect(await word).toBe('absent')
  })

  it('treats a throwing bridge as not knowing', async () => {
    window.WeixinJSBridge = {
      invoke: () => {
        throw new Error('refused')
      },
    }
    expect(await openPaySheet(args)).toBe('unknown')
  })
})

it('hands out a bridge that is there at once', async () => {
  install('x')
  expect(await bridge()).toBe(window.WeixinJSBridge)
})
