// A list that is read page by page, each page after the last row of the one before. What was read stays where it
// is while more comes, and while it is read again.
import { computed, onScopeDispose, reactive, shallowRef } from 'vue'
import { sentenceOf } from '../../shared/errors'

export interface Slice<Row> {
  rows: Row[]
  /** where the next slice begins; missing at the end */
  next?: string | undefined
}

interface Plan<Row> {
  read: (after: string | undefined) => Promise<Slice<Row>>
  keyOf: (row: Row) => string
}

export function useList<Row>({ read, keyOf }: Plan<Row>) {
  const rows = shallowRef<readonly Row[]>([])
  const state = reactive({
    next: undefined as string | undefined,
    /** something has been read, if only that there is nothing */
    known: false,
    reading: false,
    readingMore: false,
    problem: '',
    moreProblem: '',
  })
  // An answer to what was asked before the question changed is no answer any more.
  let asked = 0
  onScopeDispose(() => (asked = -1))

  /** Reads from the beginning; what was there stays until the answer has come. */
  async function refresh(): Promise<void> {
    const mine = ++asked
    Object.assign(state, { reading: true, readingMore: false, problem: '', moreProblem: '' })
    try {
      const slice = await read(undefined)
      if (mine !== asked) return
      rows.value = slice.rows
      Object.assign(state, { next: slice.next, known: true })
    } catch (why) {
      if (mine === asked) state.problem = sentenceOf(why)
    } finally {
      if (mine === asked) state.reading = false
    }
  }

  async function more(): Promise<void> {
    if (state.readingMore || state.reading || state.next === undefined) return
    const mine = asked
    Object.assign(state, { readingMore: true, moreProblem: '' })
    try {
      const slice = await read(state.next)
      if (mine !== asked) return
      const known = new Set(rows.value.map(keyOf))
      rows.value = [...rows.value, ...slice.rows.filter((row) => !known.has(keyOf(row)))]
      state.next = slice.next
    } catch (why) {
      if (mine === asked) state.moreProblem = sentenceOf(why)
    } finally {
      if (mine === asked) state.readingMore = false
    }
  }

  /** A row as it has become; one that is not in the list stays out of it. */
  function became(row: Row): void {
    const key = keyOf(row)
    rows.value = rows.value.map((one) => (keyOf(one) === key ? row : one))
  }

  const ended = computed(() => state.known && state.next === undefined)
  return { rows, state, ended, refresh, more, became, keyOf }
}

export type List<Row> = ReturnType<typeof useList<Row>>
