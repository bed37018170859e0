import { expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { walkAuditChain, type AuditChain } from '../../shared/api/audit'
import { NoAnswer } from '../../shared/errors'
import { useChain } from './chain'

vi.mock('../../shared/api/audit', () => ({ walkAuditChain: vi.fn() }))
const walked = vi.mocked(walkAuditChain)
const said = (parts: Partial<AuditChain>): AuditChain => ({
  ...{ state: 'going', walked: 0, rows: 90, before_the_chain: 0 },
  ...parts,
})
const make = () => effectScope().run(useChain)!

it('walks stretch by stretch until the chain is whole', async () => {
  walked
    .mockReset()
    .mockResolvedValueOnce(said({ walked: 40, next: 'a' }))
    .mockResolvedValueOnce(said({ walked: 80, next: 'b' }))
    .mockResolvedValueOnce(said({ state: 'whole', walked: 90, before_the_chain: 7 }))
  const { job, walk } = make()
  await walk()
  expect(walked.mock.calls).toEqual([[undefined], ['a'], ['b']])
  expect(job).toMatchObject({ state: 'done', verdict: 'whole', done: 90, total: 90 })
  expect(job.sentence).toMatch(/90 条记录完整.*之前的 7 条/)
})

it('says where it is broken', async () => {
  walked
    .mockReset()
    .mockResolvedValueOnce(said({ state: 'broken', walked: 11, broken_at: 12, flaw: '缺少一条' }))
  const { job, walk } = make()
  await walk()
  expect(job).toMatchObject({ state: 'failed', verdict: 'broken', broken_at: 12 })
  expect(job.sentence).toBe('第 12 条起不可信：缺少一条')
})

it('gives no verdict where the walk did not come to its end', async () => {
  walked.mockReset().mockRejectedValueOnce(new NoAnswer('timeout'))
  const { job, walk } = make()
  await walk()
  expect(job).toMatchObject({ state: 'failed', verdict: undefined })
  walked.mockReset().mockResolvedValueOnce(said({ walked: 5 }))
  await walk()
  expect(job).toMatchObject({ state: 'failed', verdict: undefined })
})

it('stops when it is told to', async () => {
  let answer!: (said: AuditChain) => void
  walked.mockReset().mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  const { job, walk, cancel } = make()
  const walking = walk()
  cancel()
  answer(said({ walked: 40, next: 'a' }))
  await walking
  expect(job.state).toBe('cancelled')
  expect(walked).toHaveBeenCalledTimes(1)
})
