// Which language the reader wants: chosen once, kept by the browser, changed without loading the page again.
import { keptOnPhone } from '../keep'
import { language, sayIn, type English, type Language } from './words'

const kept = keptOnPhone('language')
// Nobody should wait longer for words than for the page; they come when they come.
const patienceMs = 6000

type Fetch = () => Promise<{ default: English }>
let fetchEnglish: Fetch | undefined
let wanted: Language = 'zh'

/** Resolves when the page can be shown in the language that was chosen before, or after a while in any case. */
export async function startWords(fetch: Fetch): Promise<void> {
  fetchEnglish = fetch
  if (kept.read() !== 'en') return
  const patience = new Promise<void>((resolve) => setTimeout(resolve, patienceMs))
  await Promise.race([choose('en'), patience]).catch(() => {})
}

/** Throws if English cannot be fetched; then the language stays as it is. */
export async function choose(next: Language): Promise<void> {
  wanted = next
  if (next === 'en') {
    const { default: english } = await fetchEnglish!()
    // The reader may have thought otherwise meanwhile.
    if (wanted === 'en') sayIn('en', english)
  } else sayIn('zh')
  if (wanted === next) kept.write(next)
}

/** A browser remembers a script that failed, so that only a new page can fetch it again. */
export function chooseByReload(next: Language): void {
  kept.write(next)
  location.reload()
}

export const otherLanguage = (): Language => (language() === 'en' ? 'zh' : 'en')
