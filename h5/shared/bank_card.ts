// Bank card numbers carry a check digit (ISO/IEC 7812, Luhn).

/** Without the blanks that people type between groups of four. */
export const tidyCard = (typed: string): string => typed.replace(/[\s-]/g, '')

/** Whether a tidied number can be a card's: 12 to 19 digits with the right check digit. */
export function looksLikeCard(tidied: string): boolean {
  if (!/^\d{12,19}$/.test(tidied)) return false
  let total = 0
  for (let place = 0; place < tidied.length; place++) {
    const digit = Number(tidied[tidied.length - 1 - place])
    const twice = digit * 2
    total += place % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice
  }
  return total % 10 === 0
}
