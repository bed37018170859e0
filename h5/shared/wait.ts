/** Seconds between questions about something that is not certain yet. */
const stepsMs = [1000, 1000, 2000, 3000, 5000, 8000]

export function delayBefore(question: number): number {
  return question === 0 ? 0 : (stepsMs[question - 1] ?? 8000)
}

/** Waits, but no longer than until the user looks at the page again (phones stop timers in the back). */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', whenVisible)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const whenVisible = () => document.visibilityState === 'visible' && finish()
    const timer = setTimeout(finish, ms)
    document.addEventListener('visibilitychange', whenVisible)
    signal?.addEventListener('abort', finish)
    if (signal?.aborted) finish()
  })
}
