// A job that is begun on this page: one request id for one wish, however often it is sent, and how far it is.
import { computed, onUnmounted, reactive, ref, watch } from 'vue'
import type { ServerJob } from '../../shared/api/jobs'
import { NoAnswer, sentenceOf } from '../../shared/errors'
import { newRequestId } from '../../shared/stories/intent'
import { isUnderWay, progressOf } from './job_words'
import { became, follow, giveUp, jobs } from './jobs'

export function useBegun<Wish>(
  start: (wish: Wish, request_id: string) => Promise<ServerJob>,
  ended: (job: ServerJob) => void = () => {},
) {
  const id = ref('')
  const state = reactive({ busy: false, cancelling: false, problem: '' })
  let sent: { words: string; request_id: string } | undefined
  let unfollow = () => {}
  onUnmounted(() => unfollow())

  const job = computed(() => jobs.value.find((one) => one.job_id === id.value))
  const progress = computed(() => job.value && progressOf(job.value))
  const going = computed(() => job.value !== undefined && isUnderWay(job.value))
  watch(going, (now, before) => {
    if (!before || now) return
    state.cancelling = false
    if (job.value) ended(job.value)
  })

  async function begin(wish: Wish): Promise<void> {
    if (state.busy || going.value) return
    const words = JSON.stringify(wish)
    // Without an answer it may have begun: the same wish goes under the same id, so it is never done twice.
    if (sent?.words !== words) sent = { words, request_id: newRequestId() }
    Object.assign(state, { busy: true, problem: '' })
    try {
      const made = await start(wish, sent.request_id)
      sent = undefined
      unfollow()
      unfollow = follow(made.job_id)
      id.value = made.job_id
      became(made)
    } catch (why) {
      if (!(why instanceof NoAnswer)) sent = undefined
      state.problem = sentenceOf(why)
    } finally {
      state.busy = false
    }
  }

  async function cancel(): Promise<void> {
    Object.assign(state, { cancelling: true, problem: '' })
    try {
      await giveUp(id.value)
    } catch (why) {
      Object.assign(state, { cancelling: false, problem: sentenceOf(why) })
    }
  }

  /** What it was begun for is not looked at any more. */
  function forget(): void {
    unfollow()
    unfollow = () => {}
    id.value = ''
    state.problem = ''
  }

  return { job, progress, going, state, begin, cancel, forget }
}

export type Begun = Pick<
  ReturnType<typeof useBegun>,
  'job' | 'progress' | 'going' | 'state' | 'cancel' | 'forget'
>
