// Which language the reader wants: chosen once, kept by the browser, changed without loading the page again.
import { getEnglishNames } from '../api/site'
import { keptOnPhone } from '../keep'
import { language, sayIn, type English, type Language } from './words'

const kept = keptOnPhone('language')
// Nobody should wait longer for words than for the page; they come when they come.
const patienceMs = 6000
const patienceForNamesMs = 2000

type Fetch = () => Promise<{ default: English }>
let fetchEnglish: Fetch | undefined
let wanted: Language = 'zh'
let named = false

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Resolves when the page can be shown in the language that was chosen before, or after a while in any case. */
export async function startWords(fetch: Fetch): Promise<void> {
  fetchEnglish = fetch
  if (kept.read() !== 'en') return
  await Promise.race([choose('en'), after(patienceMs)]).catch(() => {})
}

/** Throws if English cannot be fetched; then the language stays as it is. */
export async function choose(next: Language): Promise<void> {
  wanted = next
  if (next === 'en') {
    const english = await withNames(fetchEnglish!())
    // The reader may have thought otherwise meanwhile.
    if (wanted === 'en') sayIn('en', english)
  } else sayIn('zh')
  if (wanted === next) kept.write(next)
}

/** With the school's own names where they come soon: nothing has to move for them then. */
async function withNames(fetched: ReturnType<Fetch>): Promise<English> {
  if (named) return (await fetched).default
  const names = getEnglishNames().then(async (answer) => {
    ;(await fetched).default.take(answer.names)
    named = true
  })
  // Without them there are the usual ones, or Chinese.
  const soon = Promise.race([names, after(patienceForNamesMs)]).catch(() => {})
  const [{ default: english }] = await Promise.all([fetched, soon])
  return english
}

/** A browser remembers a script that failed, so that only a new page can fetch it again. */
export function chooseByReload(next: Language): void {
  kept.write(next)
  location.reload()
}

export const otherLanguage = (): Language => (language() === 'en' ? 'zh' : 'en')
