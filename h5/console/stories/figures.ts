// Figures of charts and reports. What is read as a number is computed with integers; only lengths of bars, which
// nobody reads as numbers, are not.

/** "98.7%", cut off and never rounded up: what is called 100% is paid to the last fen. Empty of nothing. */
export function rateText(part: number, whole: number): string {
  if (whole <= 0) return ''
  const tenths = (BigInt(part) * 1000n) / BigInt(whole)
  return `${tenths / 10n}.${tenths % 10n}%`
}

/** For a length: 0 to 1. */
export const shareOf = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.max(0, Math.min(1, part / whole))

const million = 1_000_000
const hundredMillion = 10_000_000_000

function inUnits(fen: number, unit: number, name: string): string {
  const rest = Math.abs(fen) % unit
  const whole = (Math.abs(fen) - rest) / unit
  const tenth = Math.floor((rest * 10) / unit)
  return `${fen < 0 ? '-' : ''}${whole}${tenth ? `.${tenth}` : ''}${name}`
}

/** Beside an axis, where there is little room: "120万", "3,500". */
export function shortYuan(fen: number): string {
  const whole = Math.abs(fen)
  if (whole >= hundredMillion) return inUnits(fen, hundredMillion, '亿')
  if (whole >= million) return inUnits(fen, million, '万')
  return inUnits(fen, 100, '')
}

const step = (most: number): number => {
  let power = 100
  while (power * 20 < most) power *= 10
  for (const times of [1, 2, 5, 10, 20]) if (power * times * 4 >= most) return power * times
  return power * 20
}

/** Round amounts from nothing up, at most five, the last not less than the most. */
export function ticksOf(most: number): number[] {
  const by = step(Math.max(most, 100))
  const count = Math.max(1, Math.ceil(most / by))
  return Array.from({ length: count + 1 }, (_, at) => at * by)
}

/** Of many labels, how many are left out between two that are drawn. */
export const labelStep = (labels: number, room: number, each: number): number =>
  Math.max(1, Math.ceil((labels * each) / Math.max(room, each)))

export const countText = (count: number): string => count.toLocaleString('zh-CN')
