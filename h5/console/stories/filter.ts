// What is looked for stands in the address, so that Back, a reload and a bookmark find it again. What may be
// personal (a name, a number) does not: it is kept with the entry of the history alone.
import { computed, shallowRef, watch } from 'vue'
import { fenOf } from '../../shared/money'
import { here, requery } from '../../shared/route'

type Options = readonly (readonly [value: string, name: string])[]

export interface Field {
  id: string
  label: string
  /** `period` is two days, under the names in `days`; `money` is typed in yuan */
  kind: 'text' | 'select' | 'period' | 'money'
  placeholder?: string
  options?: Options | (() => Options)
  /** of a text: what there is */
  suggestions?: () => readonly string[]
  /** of a period; from and to if left out */
  days?: readonly [from: string, to: string]
  /** stands with the others behind 更多条件 */
  more?: true
  /** may name a person: not in the address */
  personal?: true
  maxlength?: number
}

export type Wanted = Readonly<Record<string, string>>

export const daysOf = (field: Field) => field.days ?? (['from', 'to'] as const)
const idsOf = (field: Field): readonly string[] =>
  field.kind === 'period' ? daysOf(field) : [field.id]

/** What cannot be asked for as it is typed: one sentence, or nothing. */
export function faultOf(fields: readonly Field[], wanted: Wanted): string {
  for (const field of fields) {
    const [first = '', second = ''] = idsOf(field).map((id) => wanted[id] ?? '')
    if (field.kind === 'period' && first && second && first > second)
      return `${field.label}：开始日期晚于结束日期，请修改`
    if (field.kind === 'money' && first && fenOf(first) === undefined)
      return `${field.label}应为金额，如 1200 或 1200.50`
  }
  return ''
}

export function useFilter(fields: readonly Field[]) {
  const page = here.path
  const personal = new Set(fields.filter((field) => field.personal).flatMap(idsOf))
  const ids = fields.flatMap(idsOf)

  function read(): Wanted {
    const found: Record<string, string> = {}
    for (const id of ids) {
      const text = personal.has(id) ? here.kept[id] : here.query.get(id)
      if (text) found[id] = text
    }
    return found
  }

  const wanted = shallowRef(read())
  watch(
    () => [here.full, here.kept],
    () => {
      // The address of another page is nothing to this one, which is about to go.
      if (here.path !== page) return
      const next = read()
      if (JSON.stringify(next) !== JSON.stringify(wanted.value)) wanted.value = next
    },
    { flush: 'sync' },
  )

  /** Looks for this instead; empty texts are not asked for. */
  function want(next: Wanted): void {
    const query = Object.fromEntries([...here.query].filter(([id]) => !ids.includes(id)))
    const kept: Record<string, string> = {}
    for (const id of ids) {
      const text = next[id]?.trim()
      if (text) (personal.has(id) ? kept : query)[id] = text
    }
    requery(query, { kept })
  }

  return {
    fields,
    wanted,
    want,
    change: (part: Wanted) => want({ ...wanted.value, ...part }),
    clear: () => want({}),
    filtered: computed(() => Object.keys(wanted.value).length > 0),
    fault: computed(() => faultOf(fields, wanted.value)),
    /** something behind 更多条件 narrows the list */
    hidden: computed(() =>
      fields.some((field) => field.more && idsOf(field).some((id) => wanted.value[id])),
    ),
  }
}

export type Filter = ReturnType<typeof useFilter>
