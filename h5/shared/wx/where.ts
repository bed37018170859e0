// Where the page runs, for layout and advice only: a user agent is a hint and never a right.
export type Where = 'wechat' | 'desktop_wechat' | 'work_wechat' | 'mini_program' | 'elsewhere'

interface Surroundings {
  __wxjs_environment?: string
  WeixinJSBridge?: unknown
}

export function whereAmI(
  userAgent: string = navigator.userAgent,
  surroundings: Surroundings = window as Surroundings,
): Where {
  if (/wxwork/i.test(userAgent)) return 'work_wechat'
  if (/WindowsWechat|MacWechat/i.test(userAgent)) return 'desktop_wechat'
  if (/miniProgram/i.test(userAgent) || surroundings.__wxjs_environment === 'miniprogram') {
    return 'mini_program'
  }
  const wechat = /MicroMessenger/i.test(userAgent) || surroundings.WeixinJSBridge !== undefined
  return wechat ? 'wechat' : 'elsewhere'
}

/** Only WeChat on a phone can open its pay sheet from a page. */
export const canPayHere = (): boolean => whereAmI() === 'wechat'

/** The window around the page already shows document.title. */
export const titleIsShown = (): boolean => whereAmI() !== 'elsewhere'
