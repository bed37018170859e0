import { expect, it } from 'vitest'
import { whereAmI } from './where'

const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15'

it.each([
  [`${phone} MicroMessenger/8.0.49(0x18003137) NetType/4G Language/zh_CN`, 'wechat'],
  [`${phone} MicroMessenger/8.0.49 miniProgram/wx0000000000000000`, 'mini_program'],
  [
    'Mozilla/5.0 MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090c37)',
    'desktop_wechat',
  ],
  ['Mozilla/5.0 (Macintosh) MicroMessenger/6.8.0 MacWechat/3.8.7', 'desktop_wechat'],
  [`${phone} wxwork/4.1.22 MicroMessenger/7.0.1`, 'work_wechat'],
  [`${phone} Version/17.0 Mobile/15E148 Safari/604.1`, 'elsewhere'],
])('%s', (userAgent, where) => expect(whereAmI(userAgent, {})).toBe(where))

it('believes the bridge where the user agent was hidden', () => {
  expect(whereAmI(phone, { WeixinJSBridge: {} })).toBe('wechat')
  expect(whereAmI(`${phone} MicroMessenger/8`, { __wxjs_environment: 'miniprogram' })).toBe(
    'mini_program',
  )
})
