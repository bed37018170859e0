// 家人代付. The secret of a link stands in its address only until the page has read it: from then on the tab
// remembers it, because WeChat compares the directory of the page that pays, and because an address is seen by many.
import { keptInTab } from '../../shared/keep'

const held = keptInTab('family')
const madeHere = keptInTab('family_made')

export const heldToken = () => held.read() ?? ''

const tokenIn = (path: string) => /^\/h5\/family\/([\w-]{43})$/.exec(path)?.[1]

export const sharePath = (token: string) => `/family/${token}`

/** The student has just made this link: its own address is where it can be handed on from. */
export const rememberMade = (token: string) => madeHere.write(token)

export type Arrival =
  | { kind: 'elsewhere' }
  /** the link's own address, to hand it on */
  | { kind: 'share'; path: string }
  /** somebody has followed a link: the page that pays is another one, which has to be loaded */
  | { kind: 'leave'; to: string }

export function arriveAt(path: string): Arrival {
  const token = tokenIn(path)
  if (!token) return { kind: 'elsewhere' }
  held.write(token)
  if (madeHere.read() === token) return { kind: 'share', path: sharePath(token) }
  return { kind: 'leave', to: '/h5/family' }
}
