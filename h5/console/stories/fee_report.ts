// 收费情况: what it is grouped by, and where a row leads.
import type { FeeGroup, FeeQuestion, FeeReport } from '../../shared/api/reports'
import type { Field, Wanted } from './filter'

export type FeeBy = FeeQuestion['by']

export const feeGroups: readonly (readonly [by: FeeBy, word: string])[] = [
  ['college', '学院'],
  ['major', '专业'],
  ['class', '班级'],
  ['grade', '年级'],
  ['item', '项目'],
  ['period', '学年'],
]

export const wordOfGroup = (by: FeeBy): string => feeGroups.find(([one]) => one === by)?.[1] ?? by

export const feeByOf = (text: string | null): FeeBy =>
  feeGroups.find(([by]) => by === text)?.[0] ?? 'college'

export const keyText = (by: FeeBy, key: string): string => key || `未填写${wordOfGroup(by)}`

export type FeeFilter = Omit<FeeQuestion, 'by'>

const ids = ['college', 'major', 'class', 'grade', 'item', 'period'] as const

export const feeFields = (): Field[] =>
  ids.map((id) => ({ id, label: wordOfGroup(id), kind: 'select', options: [] }))

const listOf: Record<(typeof ids)[number], keyof FeeReport['choices']> = {
  ...{ college: 'colleges', major: 'majors', class: 'classes' },
  ...{ grade: 'grades', item: 'items', period: 'periods' },
}

/** What can be chosen now, each narrowed by what is chosen above it; what is chosen stays choosable. */
export function offer(fields: Field[], choices: FeeReport['choices'], wanted: Wanted): void {
  for (const field of fields) {
    const list = choices[listOf[field.id as (typeof ids)[number]]]
    const chosen = wanted[field.id]
    const all = chosen && !list.includes(chosen) ? [chosen, ...list] : list
    field.options = all.filter(Boolean).map((one) => [one, one] as const)
  }
}

export function feeFilter(wanted: Wanted): FeeFilter {
  const out: FeeFilter = {}
  for (const id of ids) if (wanted[id]) out[id] = wanted[id]
  return out
}

export interface Way {
  /** to the list of debts, else to another grouping */
  debts?: true
  query: Record<string, string>
}

const next: Partial<Record<FeeBy, FeeBy>> = { college: 'major', major: 'class' }

/** Where a row leads: down from college to major to class to who owes; a row without a name leads nowhere. */
export function wayDown(by: FeeBy, { key }: FeeGroup, wanted: Wanted): Way | undefined {
  if (!key) return undefined
  const query = { ...wanted, [by]: key }
  if (by === 'class') return { debts: true, query: { tab: 'debts', ...query } }
  return { query: { ...query, by: next[by] ?? (wanted['college'] ? 'major' : 'college') } }
}

export interface Crumb {
  word: string
  query: Record<string, string>
}

/** The way back up from a class to the whole school. */
export function wayUp(wanted: Wanted): Crumb[] {
  const { college, major, class: own, ...others } = wanted
  if (!college && !major && !own) return []
  const crumbs: Crumb[] = [{ word: '全校', query: { ...others, by: 'college' } }]
  if (college) crumbs.push({ word: college, query: { ...others, college, by: 'major' } })
  const above = { ...others, ...(college ? { college } : {}) }
  if (major) crumbs.push({ word: major, query: { ...above, major, by: 'class' } })
  if (own) crumbs.push({ word: own, query: { ...wanted, by: 'class' } })
  return crumbs
}
