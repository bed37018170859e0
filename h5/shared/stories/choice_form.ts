// What is typed into the page of an item, and what is wrong with it before anybody is asked. The server judges again.
import type { Choice, Choose, FormField } from '../api/choices'
import { yuan } from '../money'
import { mark } from '../words/words'

export interface Typed {
  amount: string
  target: string
  answers: Record<string, string>
}

/** by 'amount', 'target' or a field's label */
export type Faults = Record<string, string>

const narrow = (text: string) =>
  text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).trim()

/** "20", "20.5", "２０元" → fen; undefined for anything else */
export function fenOf(text: string): number | undefined {
  const parts = /^(\d{1,7})(?:\.(\d{1,2}))?元?$/.exec(narrow(text))
  if (!parts) return undefined
  return Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'))
}

function amountFault(choice: Choice, text: string): string {
  if (choice.min_fen === undefined || choice.max_fen === undefined) return ''
  if (!text.trim()) return mark('请输入金额')
  const fen = fenOf(text)
  if (fen === undefined) return mark('金额应为数字，最多两位小数')
  if (fen >= choice.min_fen && fen <= choice.max_fen) return ''
  return mark('金额应在 %{least} 元到 %{most} 元之间', {
    least: yuan(choice.min_fen),
    most: yuan(choice.max_fen),
  })
}

function targetFault(choice: Choice, text: string): string {
  const { target } = choice
  if (!target) return ''
  if (!text.trim()) return mark('请输入%{label}', { label: target.label })
  const fits = !target.pattern || new RegExp(target.pattern, 'u').test(text.trim())
  if (fits) return ''
  const { label, hint } = target
  return hint
    ? mark('%{label}格式不正确，%{hint}', { label, hint })
    : mark('%{label}格式不正确', { label })
}

const kinds: Partial<Record<FormField['kind'], [RegExp, string]>> = {
  phone: [/^1[3-9]\d{9}$/, mark('应为 11 位手机号')],
  number: [/^-?\d+(\.\d+)?$/, mark('应为数字')],
  day: [/^\d{4}-\d{2}-\d{2}$/, mark('应为如 2026-09-01 的日期')],
  id_number: [/^\d{17}[\dXx]$/, mark('应为 18 位证件号码')],
}

function answerFault(field: FormField, text: string): string {
  const answer = text.trim()
  if (!answer) return field.required ? mark('请填写%{label}', { label: field.label }) : ''
  if ([...answer].length > 100) return mark('最多 100 个字')
  const [pattern, sentence] = kinds[field.kind] ?? []
  return pattern && !pattern.test(answer) ? (sentence ?? '') : ''
}

/** Only what is wrong, in the order of the page. */
export function faultsOf(choice: Choice, typed: Typed): Faults {
  const all: [string, string][] = [
    ['target', targetFault(choice, typed.target)],
    ['amount', amountFault(choice, typed.amount)],
    ...choice.form.map((field): [string, string] => [
      field.label,
      answerFault(field, typed.answers[field.label] ?? ''),
    ]),
  ]
  return Object.fromEntries(all.filter(([, sentence]) => sentence))
}

export type Wish = Omit<Choose, 'request_id' | 'channel'>

/** What is asked of the server; `typed` must be without faults. */
export function wishOf(choice: Choice, typed: Typed): Wish {
  const filled = choice.form
    .map((field) => [field.label, (typed.answers[field.label] ?? '').trim()] as const)
    .filter(([, answer]) => answer)
  return {
    amount_fen: choice.price_fen ?? fenOf(typed.amount) ?? 0,
    ...(choice.target ? { target: typed.target.trim() } : {}),
    ...(filled.length > 0 ? { answers: Object.fromEntries(filled) } : {}),
  }
}
