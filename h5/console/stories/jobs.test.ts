import { nextTick, ref, shallowRef } from 'vue'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerJob } from '../../shared/api/jobs'

const server = vi.hoisted(() => ({ listJobs: vi.fn(), cancelJob: vi.fn() }))
vi.mock('../../shared/api/jobs', () => ({ ...server, jobFileAt: (job: string) => `/file/${job}` }))
const who = shallowRef<{ operator: string } | undefined>({ operator: '1' })
const inside = ref(true)
vi.mock('./session', () => ({ operator: who, entered: () => inside.value }))

const job = (more: Partial<ServerJob> = {}): ServerJob => ({
  ...{ job_id: '7', kind: 'export_fees', state: 'working', progress: 0, created_at: 0 },
  ...more,
})

async function fresh() {
  vi.resetModules()
  const { toasts } = await import('./toasts')
  // Read anew like everything else: an error is known by its class.
  const { NoAnswer, Refusal } = await import('../../shared/errors')
  return { NoAnswer, Refusal, ...(await import('./jobs')), ...(await import('./begun')), toasts }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.resetAllMocks()
  who.value = { operator: '1' }
  inside.value = true
})
afterEach(() => vi.useRealTimers())

describe('jobs', () => {
  it('are asked about until none is under way, and then no more', async () => {
    const { jobs, readJobs, underWay } = await fresh()
    server.listJobs
      .mockResolvedValueOnce({ jobs: [job()] })
      .mockResolvedValueOnce({ jobs: [job({ progress: 5 })] })
      .mockResolvedValue({ jobs: [job({ state: 'done' })] })
    await readJobs()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(jobs.value[0]?.state).toBe('done')
    expect(underWay.value).toHaveLength(0)
    expect(server.listJobs).toHaveBeenCalledTimes(3)
  })

  it('are asked about again where the answer was lost', async () => {
    const { readJobs, jobsState, jobs, NoAnswer } = await fresh()
    server.listJobs
      .mockResolvedValueOnce({ jobs: [job()] })
      .mockRejectedValueOnce(new NoAnswer('offline'))
      .mockResolvedValue({ jobs: [job({ state: 'done' })] })
    await readJobs()
    await vi.advanceTimersByTimeAsync(800)
    expect(jobsState.problem).toContain('网络')
    await vi.advanceTimersByTimeAsync(5000)
    expect(jobsState.problem).toBe('')
    expect(jobs.value[0]?.state).toBe('done')
  })

  it('end with a word, unless a page follows them', async () => {
    const { readJobs, follow, toasts, became } = await fresh()
    became(job({ job_id: '1' }))
    became(job({ job_id: '2' }))
    const leave = follow('1')
    const ended = { state: 'done', file_name: 'a.xlsx' } as const
    server.listJobs.mockResolvedValue({
      jobs: [job({ job_id: '2', ...ended }), job({ job_id: '1', ...ended })],
    })
    await readJobs()
    expect(toasts.map((one) => one.sentence)).toEqual(['导出收费情况已完成，可在“我的任务”下载'])
    leave()
  })

  it('of one operator are not shown to the next', async () => {
    const { became, jobs } = await fresh()
    became(job({ state: 'done' }))
    who.value = { operator: '2' }
    await nextTick()
    expect(jobs.value).toEqual([])
  })

  it('are left alone once nobody is signed in', async () => {
    const { readJobs } = await fresh()
    server.listJobs.mockResolvedValue({ jobs: [job()] })
    await readJobs()
    inside.value = false
    await vi.advanceTimersByTimeAsync(20_000)
    expect(server.listJobs).toHaveBeenCalledTimes(1)
  })
})

describe('a job that is begun', () => {
  async function begun(start: (wish: string, id: string) => Promise<ServerJob>) {
    const { useBegun, became, NoAnswer, Refusal } = await fresh()
    const ended = vi.fn()
    let story!: ReturnType<typeof useBegun<string>>
    mount({
      setup() {
        story = useBegun(start, ended)
        return () => undefined
      },
    })
    return { story, ended, became, NoAnswer, Refusal }
  }

  it('keeps its request id until the server has spoken, and takes another for another wish', async () => {
    const ids: string[] = []
    const start = vi.fn<(wish: string, id: string) => Promise<ServerJob>>()
    const { story, NoAnswer, Refusal } = await begun(start)
    start.mockImplementation((_wish, id) => {
      ids.push(id)
      return Promise.reject(new NoAnswer('broken'))
    })
    await story.begin('a')
    await story.begin('a')
    await story.begin('b')
    expect(story.state.problem).toContain('没有收到回复')
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    start.mockImplementationOnce((_wish, id) => {
      ids.push(id)
      return Promise.reject(new Refusal('too_many_jobs', '请稍后', 409))
    })
    await story.begin('b')
    await story.begin('b')
    expect(ids[3]).toBe(ids[2])
    expect(ids[4]).not.toBe(ids[3])
  })

  it('is begun once while it is under way, and tells its end', async () => {
    server.listJobs.mockResolvedValue({ jobs: [job()] })
    const start = vi.fn(() => Promise.resolve(job()))
    const { story, ended, became } = await begun(start)
    await story.begin('a')
    await story.begin('a')
    expect(start).toHaveBeenCalledTimes(1)
    expect(story.progress.value?.state).toBe('going')
    became(job({ state: 'failed', said: '磁盘已满' }))
    await nextTick()
    expect(ended).toHaveBeenCalledTimes(1)
    expect(story.progress.value?.sentence).toBe('磁盘已满')
  })

  it('says why it could not be given up', async () => {
    server.listJobs.mockResolvedValue({ jobs: [job()] })
    const { story, NoAnswer } = await begun(() => Promise.resolve(job()))
    server.cancelJob.mockRejectedValue(new NoAnswer('offline'))
    await story.begin('a')
    await story.cancel()
    expect(story.state.cancelling).toBe(false)
    expect(story.state.problem).toContain('网络已断开')
  })
})
