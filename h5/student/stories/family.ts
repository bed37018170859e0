// 家人代付. The secret of a link stands in its address only until the page has read it: from then on the tab
// remembers it, because WeChat compares the directory of the page that pays, and because an address is seen by many.
import { keptInTab } from '../../shared/keep'
import { madeToken, sharePath } from '../../shared/stories/made_link'

const held = keptInTab('family')

export const heldToken = () => held.read() ?? ''

const tokenIn = (path: string) => /^\/h5\/family\/([\w-]{43})$/.exec(path)?.[1]

export type Arrival =
  | { kind: 'elsewhere' }
  /** the student has made this link here: its own address is where it can be handed on from */
  | { kind: 'share'; path: string }
  /** somebody has followed a link: the page that pays is another one, which has to be loaded */
  | { kind: 'leave'; to: string }

export function arriveAt(path: string): Arrival {
  const token = tokenIn(path)
  if (!token) return { kind: 'elsewhere' }
  held.write(token)
  if (madeToken() === token) return { kind: 'share', path: sharePath(token) }
  return { kind: 'leave', to: '/h5/family' }
}
