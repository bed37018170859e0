// The keyboard of the whole console: "g" and a letter lead to a block, "/" to the search of the page, "?" shows
// the keys, Escape closes the panel. Never while somebody types, and never with a key of the browser's.
import { onMounted, onUnmounted, ref } from 'vue'
import { sheetIsOpen } from '../../shared/parts/sheets'

/** "g" was pressed, and the letter is being waited for. */
export const leading = ref(false)
const patienceMs = 1500

const closers: (() => void)[] = []

/** What Escape closes when nothing lies over the page, the newest first. */
export function onEscape(close: () => void): void {
  onMounted(() => closers.push(close))
  onUnmounted(() => void closers.splice(closers.indexOf(close), 1))
}

interface Keys {
  /** where "g" and this letter lead, if anywhere */
  place: (key: string) => string | undefined
  go: (path: string) => void
  help: () => void
}

/** Whether keys belong to a field now. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('textarea, select')) return true
  return target.matches('input') && !target.matches('[type=checkbox], [type=radio], [type=file]')
}

/** Puts the caret into the search of this page; false where there is none. */
export function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>(
    'input[data-search], textarea[data-search], [data-search] input',
  )
  field?.focus()
  field?.select()
  return field !== null
}

export function useKeys({ place, go, help }: Keys): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  function lead(on: boolean) {
    clearTimeout(timer)
    leading.value = on
    if (on) timer = setTimeout(() => (leading.value = false), patienceMs)
  }

  function follow(event: KeyboardEvent): boolean {
    const path = place(event.key.toLowerCase())
    lead(false)
    if (path === undefined) return false
    go(path)
    return true
  }

  /** True where the key was one of ours. */
  function pressed(event: KeyboardEvent): boolean {
    if (leading.value && event.key !== 'Escape') return follow(event)
    switch (event.key) {
      case 'g':
        lead(true)
        return true
      case '/':
        return focusSearch()
      case '?':
        help()
        return true
      default:
        return false
    }
  }

  function escape() {
    if (leading.value) lead(false)
    else closers[closers.length - 1]?.()
  }

  function heard(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing || sheetIsOpen()) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') return escape()
    if (!isTyping(event.target) && pressed(event)) event.preventDefault()
  }

  onMounted(() => document.addEventListener('keydown', heard))
  onUnmounted(() => {
    document.removeEventListener('keydown', heard)
    lead(false)
  })
}
