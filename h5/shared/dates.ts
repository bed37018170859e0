// The college lives in Beijing's time whatever the phone is set to; there is no daylight saving there.
const beijingOffsetMs = 8 * 3600 * 1000

function beijing(instant: number): string {
  return new Date(instant + beijingOffsetMs).toISOString()
}

/** "2026-09-01 08:05" */
export function minuteText(instant: number): string {
  return beijing(instant).slice(0, 16).replace('T', ' ')
}

/** "2026-09-01 08:05:09", as on WeChat's own receipt */
export function secondText(instant: number): string {
  return beijing(instant).slice(0, 19).replace('T', ' ')
}

/** "2026-09-01" */
export function dayText(instant: number): string {
  return beijing(instant).slice(0, 10)
}

/** "2026" */
export function yearText(instant: number): string {
  return beijing(instant).slice(0, 4)
}

/** "08:05" on the same Beijing day as now, else "09-02 08:05" */
export function shortText(instant: number, now: number = Date.now()): string {
  const text = minuteText(instant)
  return dayText(instant) === dayText(now) ? text.slice(11) : text.slice(5)
}
