// Which look of a page is shown stands in the address; the first one is there without a word.
import { computed } from 'vue'
import { here, requery } from '../../shared/route'

export function useTab(tabs: readonly { id: string }[]) {
  const page = here.path
  let last = ''
  const tab = computed(() => {
    const named = here.query.get('tab')
    if (here.path === page) last = (tabs.find(({ id }) => id === named) ?? tabs[0])?.id ?? ''
    return last
  })
  // What was looked for in one is nothing to the other.
  const turn = (id: string) => requery(id === tabs[0]?.id ? {} : { tab: id }, { kept: {} })
  return { tab, turn }
}
