// What is looked for stands in the address, so that Back, a reload and a bookmark find it again. What may be
// personal (a name, a number) does not: it is kept with the entry of the history alone.
import { computed, shallowRef, watch } from 'vue'
import { here, requery } from '../../shared/route'

export interface Field {
  id: string
  label: string
  /** `period` is two days, under the names from and to */
  kind: 'text' | 'select' | 'period'
  placeholder?: string
  options?: readonly (readonly [value: string, name: string])[]
  /** may name a person: not in the address */
  personal?: true
  maxlength?: number
}

export type Wanted = Readonly<Record<string, string>>

const idsOf = (field: Field) => (field.kind === 'period' ? ['from', 'to'] : [field.id])

export const periodFault = ({ from, to }: Wanted): string =>
  from && to && from > to ? '开始日期晚于结束日期，请修改' : ''

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
    fault: computed(() => periodFault(wanted.value)),
  }
}

export type Filter = ReturnType<typeof useFilter>
