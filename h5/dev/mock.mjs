// Serves the built pages as the server does (strict policy, precompressed files, page paths fall back to
// their index) with the API of dev/api.mjs behind them.
//
//   npm run build && npm run mock            then open http://127.0.0.1:5180/h5/, …/portal/ or …/console/
//   npm run mock -- --outside                without a WeChat identity
//
// DIST=folder serves another build than ../dist.
// Sign in as 2024010123 / rain-on-the-rails, or 2025020456 / the last six of 440524200701010014.
// At the console as li (admin), wang (finance) or qian (auditor) / rain-on-the-rails / 246810, or the first time as
// zhou / Kq7m-Xw3p-Td9v without a code.
// PUT /dev/switches {"delay_ms": 1500} changes what it does (see `calm` in dev/world.mjs).
// POST /dev/wechat-paid {"package": "prepay_id=…"} is the user paying in WeChat, {"code_url": "…"} scanning.
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { answer, newVisitor, No } from './api.mjs'
import { consoleCalls, newDesk } from './console.mjs'
import { makeOffice } from './office.mjs'
import { makeTreasury } from './treasury.mjs'
import { makeWorld } from './world.mjs'

const dist = process.env['DIST'] ?? fileURLToPath(new URL('../dist', import.meta.url))
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
/** @type {Record<string, string>} */
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/** @param {Request} request @param {Response} response @param {string} path */
function sendFile(request, response, path) {
  const asked = normalize(join(dist, path))
  const entry = ['portal', 'console'].find((one) => path.startsWith(`/${one}/`)) ?? 'h5'
  const isAsset = path.startsWith(`/${entry}/assets/`)
  const page = join(dist, entry, 'index.html')
  const file = asked.startsWith(dist) && isAsset && existsSync(asked) ? asked : page
  if (isAsset && file !== asked) return void response.writeHead(404).end()
  const brotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '') && existsSync(`${file}.br`)
  response.writeHead(200, {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Cache-Control': isAsset ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    ...(brotli ? { 'Content-Encoding': 'br' } : {}),
  })
  createReadStream(brotli ? `${file}.br` : file).pipe(response)
}

/** @param {Request} request */
async function bodyOf(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  const text = Buffer.concat(parts).toString('utf8')
  return text ? JSON.parse(text) : {}
}

const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))

const answerConsole = consoleCalls(No)

/** @param {{ port?: number, world?: import('./world.mjs').World }} [how] */
export async function startMock(how = {}) {
  const world = how.world ?? makeWorld()
  const office = makeOffice()
  const treasury = makeTreasury()
  /** @type {Map<string, import('./api.mjs').Visitor>} */
  const visitors = new Map()
  /** their way into the console @type {Map<string, import('./console.mjs').Desk>} */
  const desks = new Map()
  /** every call that reached the API, for tests @type {{ name: string, body: any }[]} */
  const heard = []

  /** @param {Response} response @param {number} status @param {unknown} body */
  function sendJson(response, status, body) {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    response.end(JSON.stringify(body))
  }

  /** @param {Request} request @param {Response} response @param {URL} url */
  async function sendAnswer(request, response, url) {
    const method = request.method ?? 'GET'
    const path = url.pathname.slice('/api/v1'.length)
    const body = await bodyOf(request)
    heard.push({ name: `${method} ${path}`, body })
    await wait(world.switches.delay_ms)
    const asked = `${method} ${path}`
    const refusalNow = () => {
      const { refuse } = world.switches
      const match = Object.keys(refuse).find((key) =>
        key.endsWith('*') ? asked.startsWith(key.slice(0, -1)) : asked === key,
      )
      return match ? refuse[match] : undefined
    }
    while (refusalNow() === 'hang') await wait(20)
    const refusal = refusalNow()
    if (refusal === 'cut') return void request.socket.destroy()
    if (refusal && refusal !== 'hang') {
      const { status, ...said } = refusal
      return sendJson(response, status, said)
    }

    let id = /visitor=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    let visitor = visitors.get(id)
    if (!visitor) {
      visitor = newVisitor()
      id = visitor.csrf
      visitors.set(id, visitor)
      response.setHeader('Set-Cookie', `visitor=${id}; Path=/; HttpOnly; SameSite=Lax`)
    }
    try {
      const header = request.headers['x-csrf-token']
      const csrf = typeof header === 'string' ? header : undefined
      const query = url.searchParams
      const desk = desks.get(id) ?? newDesk()
      desks.set(id, desk)
      const said = path.startsWith('/console/')
        ? answerConsole(method, path, { office, treasury, desk, body, query }, csrf)
        : answer(method, path, { world, visitor, body, query }, csrf)
      const file = /** @type {{ download?: string, bytes?: Buffer }} */ (said)
      if (file.download === undefined) return sendJson(response, 200, said)
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.download)}`,
      })
      response.end(file.bytes)
    } catch (problem) {
      if (!(problem instanceof No)) throw problem
      sendJson(response, problem.status, problem.body)
    }
  }

  /** @param {Request} request @param {Response} response @param {string} path */
  async function sendDev(request, response, path) {
    const body = await bodyOf(request)
    if (path === '/dev/switches') Object.assign(world.switches, body)
    if (path === '/dev/wechat-paid')
      world.paidAtWechat.add(String(body.package ?? body.code_url).replace(/^.*=/, ''))
    sendJson(response, 200, world.switches)
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://mock')
    const done = url.pathname.startsWith('/api/v1/')
      ? sendAnswer(request, response, url)
      : url.pathname.startsWith('/dev/')
        ? sendDev(request, response, url.pathname)
        : Promise.resolve(sendFile(request, response, url.pathname))
    done.catch((problem) => {
      console.error(problem)
      response.writeHead(500).end()
    })
  })
  await new Promise((resolve) =>
    server.listen(how.port ?? 0, '127.0.0.1', () => resolve(undefined)),
  )
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    world,
    office,
    treasury,
    heard,
    visitors,
    desks,
    address: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  readFileSync(join(dist, 'h5/index.html'))
  const world = makeWorld({ wechat: !process.argv.includes('--outside') })
  const mock = await startMock({ port: Number(process.env['PORT'] ?? 5180), world })
  console.log(['h5', 'portal', 'console'].map((entry) => `${mock.address}/${entry}/`).join('\n'))
}
