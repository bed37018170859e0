// The one row whose details are beside the list. It stands in the address: a reload shows it again, and Back
// closes it.
import { computed } from 'vue'
import { here, requery, unquery } from '../../shared/route'
import { onEscape } from './keys'

export function useOpened(name = 'id') {
  const page = here.path
  let last = here.query.get(name) ?? ''
  const opened = computed(() => {
    if (here.path === page) last = here.query.get(name) ?? ''
    return last
  })
  const others = () => Object.fromEntries([...here.query].filter(([id]) => id !== name))

  function open(id: string): void {
    if (id !== opened.value) requery({ ...others(), [name]: id }, { over: !opened.value })
  }

  function close(): void {
    if (opened.value) unquery(others())
  }

  onEscape(close)
  return { opened, open, close }
}
