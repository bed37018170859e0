// Puts every entry of the English catalogues where it belongs after sentences were moved, or branches joined: what both
// entries say stands with what they share. Says what has no English, and takes out what nobody says.
// Usage: node build/sort_english.mjs [MORE.json …], whose entries go before those that stand there.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sentencesOf } from './sentences.mjs'

const h5 = fileURLToPath(new URL('..', import.meta.url))
/** @param {string} file @returns {Record<string, string | string[]>} */
const read = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Every sentence of a folder, in the order of its files. @param {string} folder */
export function sentencesBelow(folder) {
  const files = readdirSync(join(h5, folder), { recursive: true, encoding: 'utf8' }).sort()
  const sources = files.filter((one) => /\.(vue|ts)$/.test(one) && !/\.(test|d)\.ts$/.test(one))
  return new Set(
    sources.flatMap((one) => {
      const file = join(folder, one)
      return [...sentencesOf(readFileSync(join(h5, file), 'utf8'), file)]
    }),
  )
}

/** Which catalogue each sentence of the code belongs to. */
export function sentencesByPlace() {
  const phone = sentencesBelow('student')
  const desk = sentencesBelow('portal')
  const shared = sentencesBelow('shared')
  for (const one of phone) if (desk.has(one)) shared.add(one)
  /** @param {Set<string>} entry */
  const own = (entry) => [...entry].filter((one) => !shared.has(one))
  return {
    'shared/words/english/shared.json': [...shared],
    'student/english.json': own(phone),
    'portal/english.json': own(desk),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const places = Object.entries(sentencesByPlace())
  const elsewhere = ['server', 'names'].map((name) =>
    read(join(h5, `shared/words/english/${name}.json`)),
  )
  const known = Object.assign(
    {},
    ...places.map(([place]) => read(join(h5, place))),
    ...process.argv.slice(2).map(read),
  )
  let missing = 0
  for (const [place, sentences] of places) {
    const wanted = sentences.filter((one) => !elsewhere.some((other) => one in other))
    for (const one of wanted.filter((sentence) => !(sentence in known))) {
      missing++
      console.log(`no English: ${place}: ${JSON.stringify(one)}`)
    }
    const kept = wanted.filter((one) => one in known).map((one) => [one, known[one]])
    writeFileSync(join(h5, place), `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`)
  }
  process.exit(missing ? 1 : 0)
}
