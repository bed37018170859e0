// The operator's own jobs, read in one place: the light in the top line, the page that began one and the list of
// all look here. While one is under way the server is asked again and again; otherwise it is left alone.
import { computed, reactive, shallowRef, watch } from 'vue'
import { cancelJob, listJobs, type ServerJob } from '../../shared/api/jobs'
import { sentenceOf } from '../../shared/errors'
import { pause } from '../../shared/wait'
import { isUnderWay, jobTitle } from './job_words'
import { entered, operator } from './session'
import { done, warn } from './toasts'

export const jobs = shallowRef<readonly ServerJob[]>([])
export const jobsState = reactive({ known: false, reading: false, problem: '' })
export const underWay = computed(() => jobs.value.filter(isUnderWay))

/** Jobs whose end is told where they were begun, and need no toast. */
const followed = new Map<string, number>()
let newest = 0

watch(
  () => operator.value?.operator,
  () => {
    newest += 1
    jobs.value = []
    Object.assign(jobsState, { known: false, reading: false, problem: '' })
  },
)

/** One whose end is told by whoever calls this; returns how to leave that to the toasts again. */
export function follow(job: string): () => void {
  followed.set(job, (followed.get(job) ?? 0) + 1)
  return () => {
    const left = (followed.get(job) ?? 1) - 1
    if (left > 0) followed.set(job, left)
    else followed.delete(job)
  }
}

function tell(job: ServerJob): void {
  if (followed.has(job.job_id)) return
  if (job.state === 'done')
    done(`${jobTitle(job)}已完成${job.file_name ? '，可在“我的任务”下载' : ''}`)
  if (job.state === 'failed') warn(`${jobTitle(job)}没有完成：${job.said ?? '请重试'}`)
}

/** A job as it has become, or a new one. */
export function became(job: ServerJob): void {
  const before = jobs.value.find((one) => one.job_id === job.job_id)
  jobs.value = before ? jobs.value.map((one) => (one === before ? job : one)) : [job, ...jobs.value]
  if (before && isUnderWay(before)) tell(job)
  void askOn()
}

export async function readJobs(): Promise<void> {
  const mine = ++newest
  jobsState.reading = true
  try {
    const answer = await listJobs()
    if (mine !== newest) return
    const going = new Set(underWay.value.map((job) => job.job_id))
    jobs.value = answer.jobs
    Object.assign(jobsState, { known: true, problem: '' })
    answer.jobs.filter((job) => going.has(job.job_id)).forEach(tell)
  } catch (why) {
    if (mine === newest) jobsState.problem = sentenceOf(why)
  } finally {
    if (mine === newest) jobsState.reading = false
  }
  void askOn()
}

const quickMs = 700
const slowMs = 2000
let asking = false

/** Asks until nothing is under way any more; a question without an answer is asked again. */
async function askOn(): Promise<void> {
  if (asking) return
  asking = true
  try {
    for (let question = 0; underWay.value.length > 0 && entered(); question++) {
      await pause(question < 5 ? quickMs : slowMs)
      if (entered()) await readJobs()
    }
  } finally {
    asking = false
  }
}

/** One that is at work ends a moment later. */
export async function giveUp(job: string): Promise<void> {
  newest += 1
  jobsState.reading = false
  became(await cancelJob(job))
}
