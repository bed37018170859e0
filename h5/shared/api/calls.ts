// openapi-fetch's types over what this API needs of it: paths, queries and JSON. The package's own code also
// serialises forms, cookies and nested queries, and weighs two thousand bytes on every phone.
import type { Client } from 'openapi-fetch'
import type { paths } from './schema'

interface Options {
  params?: { path?: Record<string, string>; query?: Record<string, unknown>; header?: HeadersInit }
  body?: unknown
}

/** Calls to the API below this address, each through `send`. A body that is no JSON is thrown. */
export function createCalls(
  api: string,
  send: (request: Request) => Promise<Response>,
): Pick<Client<paths>, 'GET' | 'POST' | 'DELETE'> {
  const call =
    (method: string) =>
    async (template: string, { params = {}, body }: Options = {}) => {
      const url = new URL(
        api + template.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(params.path![name]!)),
      )
      for (const [name, value] of Object.entries(params.query ?? {})) {
        url.searchParams.set(name, String(value))
      }
      const headers = new Headers(params.header)
      const init: RequestInit = { method, headers }
      if (body) {
        headers.set('Content-Type', 'application/json')
        init.body = JSON.stringify(body)
      }
      const response = await send(new Request(url, init))
      return response.ok
        ? { data: await response.json(), response }
        : { error: await response.json().catch(() => undefined), response }
    }
  return { GET: call('GET'), POST: call('POST'), DELETE: call('DELETE') } as never
}
