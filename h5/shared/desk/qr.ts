import { create } from 'qrcode/lib/core/qrcode.js'

/** The quiet zone that scanners want around a code, in modules. */
export const quiet = 4

export interface Drawn {
  /** modules along an edge, the quiet zone included */
  size: number
  /** every dark run of a row as a flat box */
  path: string
}

export function drawQr(text: string): Drawn {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  let path = ''
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!data[y * size + x]) continue
      let run = 1
      while (x + run < size && data[y * size + x + run]) run++
      path += `M${x + quiet} ${y + quiet}h${run}v1h-${run}z`
      x += run
    }
  }
  return { size: size + 2 * quiet, path }
}
