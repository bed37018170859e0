// Writes .br and .gz beside every built file that gains from it, so that the server only picks one.
// Usage: node build/precompress.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const smallestWorthIt = 512
const text = /\.(html|js|css|svg|json|txt|webmanifest)$/

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
}

/** @param {Buffer} raw */
function brotli(raw) {
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  })
}

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node build/precompress.mjs FOLDER')
  process.exit(2)
}
let total = 0
for (const path of filesBelow(folder)) {
  const raw = readFileSync(path)
  if (!text.test(path) || raw.length < smallestWorthIt) continue
  const small = brotli(raw)
  writeFileSync(`${path}.br`, small)
  writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }))
  total += small.length
  console.log(`${String(small.length).padStart(7)} B brotli  ${path}`)
}
console.log(`${String(total).padStart(7)} B brotli  in all`)
