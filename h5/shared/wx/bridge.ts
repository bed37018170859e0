// The script bridge that WeChat puts into pages it shows.
import type { PayArguments } from '../api/orders'

interface Bridge {
  invoke(name: string, args: object, answer: (result: { err_msg?: string }) => void): void
  call?(name: string): void
}

declare global {
  interface Window {
    WeixinJSBridge?: Bridge
  }
}

const readyWithinMs = 3000

/** The bridge, which may arrive some time after the page; undefined where it does not come. */
export function bridge(withinMs: number = readyWithinMs): Promise<Bridge | undefined> {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge)
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      document.removeEventListener('WeixinJSBridgeReady', finish)
      resolve(window.WeixinJSBridge)
    }
    const timer = setTimeout(finish, withinMs)
    document.addEventListener('WeixinJSBridgeReady', finish)
  })
}

/**
 * What WeChat's script says about the pay sheet. It is a hint about what the user did, never a proof of
 * what became of the money: the server is asked after each of them.
 */
export type SheetWord = 'ok' | 'cancel' | 'fail' | 'unknown'

/** Opens WeChat's pay sheet; `absent` where there is no bridge. */
export async function openPaySheet(args: PayArguments): Promise<SheetWord | 'absent'> {
  const weixin = await bridge()
  if (!weixin) return 'absent'
  return new Promise((resolve) => {
    try {
      weixin.invoke('getBrandWCPayRequest', args, ({ err_msg }) => {
        const word = /:(ok|cancel|fail)/.exec(err_msg ?? '')?.[1]
        resolve((word as SheetWord | undefined) ?? 'unknown')
      })
    } catch {
      resolve('unknown')
    }
  })
}

/** Back to the conversation, where WeChat allows it. */
export function leaveForChat(): void {
  window.WeixinJSBridge?.call?.('closeWindow')
}
