// What a job of the server's is called, and how far it is, in the words of the progress bar.
import { jobFileAt, type ServerJob } from '../../shared/api/jobs'
import type { Job } from './job'

const titles: Record<string, string> = {
  day_run: '重新对账',
  export_fees: '导出收费情况',
  export_money: '导出收退款',
  export_debts: '导出欠费名单',
}

/** A kind that has no word here is shown as it is called: nothing is hidden. */
export const jobTitle = ({ kind }: ServerJob): string => titles[kind] ?? kind

export const isUnderWay = ({ state }: ServerJob): boolean =>
  state === 'waiting' || state === 'working'

export function progressOf(job: ServerJob): Job {
  const { job_id, state, progress, total, said, file_name } = job
  return {
    title: jobTitle(job),
    state: state === 'working' ? 'going' : state,
    // A comparison counts nothing: it is at work, or it has ended.
    done: total === undefined && progress === 0 ? undefined : progress,
    total,
    sentence: said ?? (state === 'failed' ? '没有做成，请重试' : ''),
    file: file_name ? { href: jobFileAt(job_id), name: file_name } : undefined,
  }
}
