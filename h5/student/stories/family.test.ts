import { beforeEach, describe, expect, it } from 'vitest'
import { rememberMade } from '../../shared/stories/made_link'
import { arriveAt, heldToken } from './family'

const token = 'Ab_-'.repeat(10) + 'xyz'

beforeEach(() => sessionStorage.clear())

describe('arriving', () => {
  it('by a link leads away from its address, and the tab remembers the secret', () => {
    expect(arriveAt(`/h5/family/${token}`)).toEqual({ kind: 'leave', to: '/h5/family' })
    expect(heldToken()).toBe(token)
  })

  it('at a link made here stays, to hand it on', () => {
    rememberMade(token)
    expect(arriveAt(`/h5/family/${token}`)).toEqual({ kind: 'share', path: `/family/${token}` })
  })

  it('at a link of somebody else leads away, whatever was made here', () => {
    rememberMade(token.replace('A', 'B'))
    expect(arriveAt(`/h5/family/${token}`).kind).toBe('leave')
  })

  it.each(['/h5/family', '/h5/family/', '/h5/family/short', `/h5/family/${token}/x`, '/h5/'])(
    'anywhere else changes nothing: %s',
    (path) => {
      expect(arriveAt(path)).toEqual({ kind: 'elsewhere' })
      expect(heldToken()).toBe('')
    },
  )
})
