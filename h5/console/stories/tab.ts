// Which look at a page stands in the address.
import { computed } from 'vue'
import { here, requery } from '../../shared/route'

/** Another tab begins with nothing asked, unless `keep` names what goes along. */
export function useTab(tabs: () => readonly { id: string }[], keep: readonly string[] = []) {
  const page = here.path
  let last = here.query.get('tab') ?? ''
  const tab = computed({
    get() {
      if (here.path === page) last = here.query.get('tab') ?? ''
      return tabs().find(({ id }) => id === last)?.id ?? tabs()[0]?.id ?? ''
    },
    set(id) {
      if (id === tab.value) return
      const along = [...here.query].filter(([name]) => keep.includes(name))
      requery({ ...Object.fromEntries(along), tab: id }, { over: true })
    },
  })
  return tab
}
