// What others wrote, as it is read and looked for on a page of any language.
import { language, said } from '../../shared/words/words'

/** For what can carry no element of its own: an option, the name of a control. */
export const langOf = (text: string): 'zh-CN' | undefined =>
  language() === 'en' && /[\u3400-\u9fff]/.test(text) ? 'zh-CN' : undefined

/** Whether one of these has what was typed, as it was written or as the reader sees it. */
export function found(typed: string, parts: readonly (string | undefined)[]): boolean {
  const wanted = typed.trim().toLowerCase()
  if (!wanted) return true
  return parts.some(
    (part) =>
      part !== undefined && [part, said(part)].some((text) => text.toLowerCase().includes(wanted)),
  )
}
