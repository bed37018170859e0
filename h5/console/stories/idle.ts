// The server ends a session that asks nothing for a while. Whoever works keeps it alive without knowing; a desk
// that was left is told in time, and then shows nothing any more.
import { onMounted, onUnmounted, ref } from 'vue'

const minuteMs = 60_000
const events = ['keydown', 'pointerdown', 'wheel'] as const

interface Plan {
  /** how long the server waits; undefined while nobody is here */
  minutes: () => number | undefined
  /** any request that shows the server that somebody is here */
  touch: () => Promise<void>
  /** asks the server whether the session has ended */
  over: () => void
}

/** The minutes before the end at which one is told; a short session is told later. */
export const warnedBefore = (minutes: number): number => Math.min(2, minutes / 5)

export function useIdle({ minutes, touch, over }: Plan) {
  /** about to be signed out */
  const ending = ref(false)
  let touchedAt = Date.now()
  let activeAt = 0
  let timer: ReturnType<typeof setInterval> | undefined

  async function stay(): Promise<void> {
    touchedAt = Date.now()
    ending.value = false
    await touch()
  }

  const active = () => (activeAt = Date.now())

  function look(): void {
    const limit = minutes()
    if (limit === undefined) {
      touchedAt = Date.now()
      ending.value = false
      return
    }
    const untouched = (Date.now() - touchedAt) / minuteMs
    if (activeAt > touchedAt && untouched > limit / 4) void stay()
    else if (untouched >= limit) {
      touchedAt = Date.now()
      over()
    } else ending.value = untouched >= limit - warnedBefore(limit)
  }

  onMounted(() => {
    events.forEach((name) => addEventListener(name, active, { passive: true }))
    timer = setInterval(look, 5_000)
  })
  onUnmounted(() => {
    events.forEach((name) => removeEventListener(name, active))
    clearInterval(timer)
  })
  return { ending, stay, look }
}
