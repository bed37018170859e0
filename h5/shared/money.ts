// Money is an integer of fen everywhere; only these functions turn it into text.

/** 123450 → "1,234.50". Integer arithmetic only. Throws on anything that is not a whole number of fen. */
export function yuan(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new RangeError('money is a whole number of fen')
  const whole = Math.abs(fen)
  const cents = whole % 100
  const units = (whole - cents) / 100
  const grouped = String(units).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}${grouped}.${String(cents).padStart(2, '0')}`
}

/** What a student types as an amount, in fen: "1,234.5" → 123450. No floating point; undefined if it is none. */
export function fenOf(typed: string): number | undefined {
  // Chinese keyboards give full-width digits, and their full stop in the place of the point.
  const text = typed.normalize('NFKC').replace(/。/g, '.').replace(/\s/g, '')
  const found = /^¥?(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{0,2}))?元?$/.exec(text)
  if (!found) return undefined
  const [, units = '', cents = ''] = found
  const fen = Number(units.replace(/,/g, '')) * 100 + Number(cents.padEnd(2, '0'))
  return Number.isSafeInteger(fen) ? fen : undefined
}

export function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, fen) => total + fen, 0)
}
