import { heardTime } from '../clock'
import { NoAnswer, Refusal } from '../errors'
import { createCalls } from './calls'
import type { components } from './schema'
import { mark } from '../words/words'

export type Schemas = components['schemas']

const api = `${location.origin}/api/v1`
const readDeadlineMs = 15_000
// Calls that change something may wait for WeChat behind the server.
const changeDeadlineMs = 30_000
const tokenHeader = 'X-CSRF-Token'

let token = ''
let sessionPath: '/session' | '/console/session' = '/session'
const whenRefused = new Map<string, () => void>()

/** The token of the session as last heard; every session the server sends brings the one to use next. */
export function keepToken(next: string): void {
  token = next
}

/** The console's operators have a session of their own. */
export function sessionIsAt(path: typeof sessionPath): void {
  sessionPath = path
}

/** What to do, beside telling the user, whenever the server refuses with this code. */
export function onRefused(code: string, action: () => void): void {
  whenRefused.set(code, action)
}

/** What to do when the server says that nobody is signed in (any more). */
export const onSignedOut = (action: () => void) => onRefused('not_signed_in', action)

export const csrf = () => ({ [tokenHeader]: token }) as { 'X-CSRF-Token': string }

/** One round trip with a deadline over head and body; every way to fail ends in NoAnswer. */
async function send(request: Request): Promise<Response> {
  const giveUp = new AbortController()
  const deadline = request.method === 'GET' ? readDeadlineMs : changeDeadlineMs
  const timer = setTimeout(() => giveUp.abort(), deadline)
  try {
    const response = await fetch(request, { signal: giveUp.signal })
    const { status, statusText, headers } = response
    heardTime(headers.get('Date'))
    return new Response(await response.text(), { status, statusText, headers })
  } catch {
    if (giveUp.signal.aborted) throw new NoAnswer('timeout')
    throw new NoAnswer(navigator.onLine === false ? 'offline' : 'broken')
  } finally {
    clearTimeout(timer)
  }
}

async function refusalCode(response: Response): Promise<unknown> {
  try {
    return ((await response.clone().json()) as Schemas['Refusal']).code
  } catch {
    return undefined
  }
}

/**
 * Sends once; where the token turned out to be stale (another tab signed in or out), asks for the
 * session's present token and sends once more. A refused token means that nothing was done, so the
 * repetition is safe.
 */
async function sendWithToken(request: Request): Promise<Response> {
  const again = request.method === 'GET' ? undefined : request.clone()
  const response = await send(request)
  if (!again || response.status !== 403) return response
  if ((await refusalCode(response)) !== 'csrf_token_wrong') return response
  const session = await send(new Request(api + sessionPath))
  if (!session.ok) return response
  keepToken(((await session.json()) as Schemas['Session']).csrf_token)
  again.headers.set(tokenHeader, token)
  return send(again)
}

export const client = createCalls(api, sendWithToken)

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** The data of an answer; a refusal or a missing answer is thrown. */
export async function answerOf<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>
  try {
    answer = await call
  } catch (problem) {
    // Anything but our own word means that what came was no answer of ours (a hotspot's sign-in page).
    throw problem instanceof NoAnswer ? problem : new NoAnswer('broken')
  }
  if (answer.data !== undefined) return answer.data
  const said = answer.error as Partial<Schemas['Refusal']> | undefined
  const refusal = new Refusal(
    said?.code ?? `http_${answer.response.status}`,
    said?.message ?? mark('系统繁忙，请稍后再试'),
    answer.response.status,
    said?.order_no,
  )
  whenRefused.get(refusal.code)?.()
  throw refusal
}
