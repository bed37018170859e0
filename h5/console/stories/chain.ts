// The walk along the chain of the audit, a stretch with each call, until it is whole, broken or given up.
import { onScopeDispose, reactive } from 'vue'
import { walkAuditChain } from '../../shared/api/audit'
import { sentenceOf } from '../../shared/errors'
import type { Job } from './job'

type Walk = Omit<Job, 'file'> & {
  broken_at?: number | undefined
  verdict?: 'whole' | 'broken' | undefined
}

const count = (rows: number) => rows.toLocaleString('zh-CN')

export function useChain() {
  const job = reactive<Walk>({ title: '校验审计链', state: 'waiting' })
  let newest = 0
  onScopeDispose(() => (newest = -1))

  async function walk(): Promise<void> {
    const mine = ++newest
    Object.assign(job, {
      ...{ state: 'going', done: 0, total: undefined, sentence: '正在逐条核对…' },
      ...{ word: undefined, broken_at: undefined, verdict: undefined },
    })
    let after: string | undefined
    try {
      for (;;) {
        const { state, walked, rows, before_the_chain, next, broken_at, flaw } =
          await walkAuditChain(after)
        if (mine !== newest) return
        Object.assign(job, { done: walked, total: Math.max(rows, walked) })
        if (state === 'going' && next !== undefined && next !== after) {
          after = next
          continue
        }
        const older = before_the_chain
          ? `；启用审计链之前的 ${count(before_the_chain)} 条不在链中`
          : ''
        if (state === 'whole')
          Object.assign(job, {
            ...{ state: 'done', verdict: 'whole' },
            sentence: `${count(walked)} 条记录完整，没有被修改、删除或插入${older}`,
          })
        else if (state === 'broken')
          Object.assign(job, {
            ...{ state: 'failed', word: '已断开', verdict: 'broken', broken_at },
            sentence: `第 ${count(broken_at ?? walked + 1)} 条起不可信：${flaw ?? '与写入时不一致'}`,
          })
        else Object.assign(job, { state: 'failed', sentence: '校验没有走到终点，请重新校验' })
        return
      }
    } catch (why) {
      if (mine === newest) Object.assign(job, { state: 'failed', sentence: sentenceOf(why) })
    }
  }

  function cancel(): void {
    newest += 1
    Object.assign(job, {
      state: 'cancelled',
      sentence: `已核对 ${count(job.done ?? 0)} 条，没有走完`,
    })
  }

  return { job, walk, cancel }
}
