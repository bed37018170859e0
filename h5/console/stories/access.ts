// Who may be where. An operator with the initial password sets himself up first, and may nothing else.
import { address, type Page } from '../../shared/route'
import { blocks, home, type Block } from '../blocks'
import { pages } from '../pages'
import { entered, mustSetUp, operator } from './session'

const setup = '/setup'

/** The blocks that are there for this operator, in the order of the table. */
export const myBlocks = (): Block[] => {
  const role = operator.value?.role
  return blocks.filter(({ path, roles }) => path in pages && role && roles.includes(role))
}

/** Where "g" and this letter lead; undefined where nothing of this operator's has the letter. */
export const placeOfKey = (key: string): string | undefined =>
  [home, ...myBlocks()].find((block) => block.key === key)?.path

/** Another place than this page, if it may not be shown now. */
export function whereInstead(page: Page, full: string): string | undefined {
  if (page.open) return undefined
  const settingUp = full.startsWith(setup)
  if (mustSetUp()) return settingUp ? undefined : setup
  if (!entered()) return address('/sign-in', full === '/' || settingUp ? {} : { back: full })
  if (settingUp) return '/'
  const path = full.split('?')[0]
  const block = blocks.find((one) => one.path === path)
  return block && !myBlocks().includes(block) ? '/' : undefined
}
