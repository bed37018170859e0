// What the contract says of the console's calls: which call is at which address, and who may call it.
import { readFileSync } from 'node:fs'

/** @typedef {{ id: string, method: string, pattern: RegExp, roles: string[] | undefined }} Operation */

/** @returns {Operation[]} */
export function consoleOperations() {
  const file = new URL('../../server/routes/openapi.yaml', import.meta.url)
  /** @type {Operation[]} */
  const found = []
  let path = ''
  let method = ''
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    path = /^ {2}(\/\S*):/.exec(line)?.[1] ?? path
    method = /^ {4}(get|post|delete):/.exec(line)?.[1]?.toUpperCase() ?? method
    const id = /^ {6}operationId: (\w+)/.exec(line)?.[1]
    const roles = /^ {6}x-roles: \[(.*)\]/.exec(line)?.[1]
    if (id && path.startsWith('/console/')) {
      const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`)
      found.push({ id, method, pattern, roles: undefined })
    }
    const last = found[found.length - 1]
    if (roles && last && path.startsWith('/console/')) last.roles = roles.split(/,\s*/)
  }
  return found
}
