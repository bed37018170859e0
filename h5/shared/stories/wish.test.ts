import { beforeEach, describe, expect, it } from 'vitest'
import { aBill, anArrears } from '../../dev/samples'
import type { Arrears } from '../api/bills'
import { presentIntent } from './intent'
import { chosenOf, forgetPart, typePart } from './parts'
import { isTicked, tick } from './ticks'
import { intendLines, intendRows, linesOf, rowsOf, takeEarlier } from './wish'

const two = (part: Parameters<typeof aBill>[0] = {}) =>
  anArrears(aBill({ least_part_fen: 10000, ...part }), aBill({ bill_id: '2', due_fen: 120000 }))
const intend = (arrears: Arrears) => intendRows(rowsOf(arrears), (row) => chosenOf(row).fen)

beforeEach(() => {
  sessionStorage.clear()
  for (const id of ['1', '2', '0']) forgetPart(id)
})

describe('a choice', () => {
  it('names the parts beside the whole bills', () => {
    typePart(rowsOf(two())[0]!, '3000')
    expect(intend(two())).toMatchObject({
      bill_ids: ['1', '2'],
      total_fen: 420000,
      parts: [{ bill_id: '1', amount_fen: 300000 }],
    })
  })

  it('has no parts where all is paid whole', () => {
    expect(intend(two())).toMatchObject({ total_fen: 820000 })
    expect(presentIntent()).not.toHaveProperty('parts')
  })

  it('comes back as lines that say what is left, and makes the same intent again', () => {
    typePart(rowsOf(two())[0]!, '3000')
    const intent = intend(two())
    const lines = linesOf(intent, two())
    expect(lines.map((line) => [line.amount_fen, line.left_fen])).toEqual([
      [300000, 400000],
      [120000, 0],
    ])
    expect(intendLines(lines)).toEqual(intent)
  })

  it.each([
    ['less is payable than the part', { due_fen: 200000 }, 200000],
    ['parts are not taken any more', { least_part_fen: 700000 }, 700000],
  ])('is whole where %s', (_name, now, amount) => {
    typePart(rowsOf(two())[0]!, '3000')
    expect(linesOf(intend(two()), two(now))[0]).toMatchObject({ amount_fen: amount, left_fen: 0 })
  })

  it('pays what a loan leaves', () => {
    const arrears = two({ payable_fen: 200000 })
    expect(intend(arrears).total_fen).toBe(320000)
  })
})

describe('earlier fees first', () => {
  const earlier = (more: Parameters<typeof aBill>[0] = {}): Arrears => ({
    ...two(),
    periods: [
      ...two().periods,
      { period: '2025-2026学年', bills: [aBill({ bill_id: '0', due_fen: 50000, ...more })] },
    ],
  })

  it('are added whole', () => {
    const arrears = earlier({ least_part_fen: 10000 })
    const old = rowsOf(arrears)[2]!
    typePart(old, '200')
    tick(['0'], false)
    expect(takeEarlier(intend(two()), arrears)).toMatchObject({
      bill_ids: ['0', '1', '2'],
      total_fen: 870000,
    })
    expect(isTicked(old)).toBe(true)
    expect(chosenOf(old).fen).toBe(50000)
  })

  it('replace a part of themselves', () => {
    const arrears = earlier({ least_part_fen: 10000 })
    typePart(rowsOf(arrears)[2]!, '200')
    const intent = intend(arrears)
    expect(intent.total_fen).toBe(840000)
    expect(takeEarlier(intent, arrears)).toMatchObject({ total_fen: 870000 })
    expect(presentIntent()).not.toHaveProperty('parts')
  })

  it('leave alone what is deferred or optional', () => {
    for (const more of [{ ticked: false }, { required: false }]) {
      expect(takeEarlier(intend(two()), earlier(more))?.bill_ids).toEqual(['1', '2'])
    }
  })

  it('stand apart where somebody else receives them, and alone stay ticked', () => {
    const arrears = earlier({ merchant_name: '后勤集团' })
    expect(takeEarlier(intend(two()), arrears)).toBeUndefined()
    expect(rowsOf(arrears).filter(isTicked)).toMatchObject([{ bill_id: '0' }])
  })
})
