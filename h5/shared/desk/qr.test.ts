import { expect, it } from 'vitest'
import { drawQr, quiet } from './qr'

it('draws a code with the quiet zone around it', () => {
  const { size, path } = drawQr('weixin://wxpay/bizpayurl?pr=AbCdEf')
  const modules = size - 2 * quiet
  expect((modules - 21) % 4).toBe(0)
  // The finder pattern at the upper left: seven dark modules, then one light.
  expect(path.startsWith(`M${quiet} ${quiet}h7v1h-7z`)).toBe(true)
  const corners = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map(([, x, y, run]) => [
    Number(x),
    Number(y),
    Number(x) + Number(run),
  ])
  for (const [x, y, end] of corners) {
    expect(x).toBeGreaterThanOrEqual(quiet)
    expect(y).toBeGreaterThanOrEqual(quiet)
    expect(end).toBeLessThanOrEqual(quiet + modules)
  }
})
