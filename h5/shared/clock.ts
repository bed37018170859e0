// The server's time. Desks (more than phones) run with clocks that are hours off, and a deadline counted by
// such a clock would be a lie.
let aheadMs = 0

// A second of rounding in the header and the way of the answer are no fault of a clock.
const tolerableMs = 5000

/** Every answer says in its Date header what time it is. */
export function heardTime(header: string | null): void {
  const said = header === null ? NaN : Date.parse(header)
  if (Number.isNaN(said)) return
  const ahead = said - Date.now()
  aheadMs = Math.abs(ahead) > tolerableMs ? ahead : 0
}

export const serverNow = (): number => Date.now() + aheadMs
