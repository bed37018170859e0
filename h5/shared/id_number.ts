// GB 11643: 17 digits and a check digit over them (ISO 7064, MOD 11-2).
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const checkDigits = '10X98765432'

/** What people type or paste, as it is stored: no blanks, capital X, ASCII digits. */
export function tidyIdNumber(typed: string): string {
  return typed
    .replace(/[\s\u3000]/g, '')
    .replace(/[０-９ｘＸ]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .toUpperCase()
}

export type IdNumberFault = 'none' | 'length' | 'check_digit'

/**
 * Where a resident ID number is mistyped. Other papers (passports, permits) have other shapes, so this
 * is for hints only; the server decides.
 */
export function idNumberFault(tidied: string): IdNumberFault {
  if (/^\d{17}[\dX]$/.test(tidied)) {
    const total = weights.reduce((sum, weight, at) => sum + weight * Number(tidied[at]), 0)
    return checkDigits[total % 11] === tidied[17] ? 'none' : 'check_digit'
  }
  return /^\d{13,}[\dX]?$/.test(tidied) ? 'length' : 'none'
}
