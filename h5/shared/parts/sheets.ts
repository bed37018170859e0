// Sheets that lie over the page right now, the topmost last.
const open: (() => void)[] = []

export function sheetOpened(close: () => void): void {
  open.push(close)
}

export function sheetClosed(close: () => void): void {
  const at = open.indexOf(close)
  if (at >= 0) open.splice(at, 1)
}

/** Closes them all; false if there were none. */
export function closeSheets(): boolean {
  if (open.length === 0) return false
  ;[...open].forEach((close) => close())
  return true
}

export const sheetIsOpen = (): boolean => open.length > 0
