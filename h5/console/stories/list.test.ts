import { describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { NoAnswer } from '../../shared/errors'
import { useList, type Slice } from './list'

interface Row {
  id: string
  word?: string
}

function make(read: (after: string | undefined) => Promise<Slice<Row>>) {
  const list = effectScope().run(() => useList<Row>({ read, keyOf: (row) => row.id }))!
  return { ...list, ids: () => list.rows.value.map((row) => row.id) }
}
const rows = (...ids: string[]) => ids.map((id) => ({ id }))

describe('a list', () => {
  it('is read page by page, each row once', async () => {
    const read = vi
      .fn()
      .mockResolvedValueOnce({ rows: rows('9', '8'), next: '8' })
      .mockResolvedValueOnce({ rows: rows('8', '7') })
    const list = make(read)
    await list.refresh()
    expect([list.ids(), list.ended.value]).toEqual([['9', '8'], false])
    await list.more()
    expect([list.ids(), list.ended.value]).toEqual([['9', '8', '7'], true])
    await list.more()
    expect(read.mock.calls).toEqual([[undefined], ['8']])
  })

  it('keeps what was there until the new answer has come, and when none comes', async () => {
    const read = vi.fn().mockResolvedValueOnce({ rows: rows('9') })
    const list = make(read)
    await list.refresh()
    let answer!: (slice: Slice<Row>) => void
    read.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
    const again = list.refresh()
    expect([list.ids(), list.state.reading]).toEqual([['9'], true])
    answer({ rows: rows('5') })
    await again
    expect(list.ids()).toEqual(['5'])
    read.mockRejectedValueOnce(new NoAnswer('timeout'))
    await list.refresh()
    expect([list.ids(), list.state.problem]).toEqual([['5'], expect.stringContaining('网络较慢')])
  })

  it('takes no answer to what was asked before', async () => {
    const answers: ((slice: Slice<Row>) => void)[] = []
    const list = make(() => new Promise((resolve) => answers.push(resolve)))
    const [first, second] = [list.refresh(), list.refresh()]
    answers[1]!({ rows: rows('new') })
    answers[0]!({ rows: rows('old') })
    await Promise.all([first, second])
    expect([list.ids(), list.state.reading]).toEqual([['new'], false])
  })

  it('shows a row as it has become', async () => {
    const list = make(async () => ({ rows: rows('1', '2') }))
    await list.refresh()
    list.became({ id: '2', word: 'other' })
    list.became({ id: '3' })
    expect(list.rows.value).toEqual([{ id: '1' }, { id: '2', word: 'other' }])
  })

  it('says what went wrong with the next page beside it, and asks again', async () => {
    const read = vi
      .fn()
      .mockResolvedValueOnce({ rows: rows('2'), next: '2' })
      .mockRejectedValueOnce(new NoAnswer('broken'))
      .mockResolvedValueOnce({ rows: rows('1') })
    const list = make(read)
    await list.refresh()
    await list.more()
    expect([list.ids(), list.state.moreProblem]).toEqual([
      ['2'],
      expect.stringContaining('没有收到'),
    ])
    await list.more()
    expect([list.ids(), list.state.moreProblem]).toEqual([['2', '1'], ''])
  })
})
