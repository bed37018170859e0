// Which columns of a list somebody wants to see, remembered on this device under the list's name.
import { computed, ref } from 'vue'
import { keptOnPhone } from '../../shared/keep'

export interface Column<Row> {
  id: string
  title: string
  /** how wide, and how it is set */
  kind?: 'tiny' | 'state' | 'short' | 'number' | 'time' | 'second' | 'digits' | 'long'
  text?: (row: Row) => string
  /** cannot be hidden */
  must?: true
  /** not shown until it is asked for */
  extra?: true
  /** steps aside while details are open beside the list */
  yields?: true
}

export function useColumns<Row>(name: string, columns: () => readonly Column<Row>[]) {
  const kept = keptOnPhone(`columns.${name}`)
  const chosen = ref<string[] | undefined>(kept.read()?.split(','))
  const isShown = (column: Column<Row>) =>
    column.must || (chosen.value ? chosen.value.includes(column.id) : !column.extra)
  const shown = computed(() => columns().filter(isShown))

  function toggle(id: string): void {
    const ids = columns()
      .filter((column) => (column.id === id) !== isShown(column))
      .map((column) => column.id)
    chosen.value = ids
    kept.write(ids.join(','))
  }

  function reset(): void {
    chosen.value = undefined
    kept.clear()
  }

  return { shown, isShown, toggle, reset }
}
