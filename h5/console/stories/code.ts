// One-time codes, and the secret they come from.

/** Apps show "123 456"; Chinese keyboards give full-width digits. */
export const tidyCode = (typed: string): string => typed.normalize('NFKC').replace(/\s/g, '')

export const codeFault = (typed: string): string => {
  const code = tidyCode(typed)
  if (!code) return '请输入动态口令'
  return /^\d{6}$/.test(code) ? '' : '动态口令是 6 位数字'
}

/** In groups of four, as one types it from a screen to a phone. */
export const secretInGroups = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ')
