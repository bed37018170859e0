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

export function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, fen) => total + fen, 0)
}
