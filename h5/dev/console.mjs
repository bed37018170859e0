// The console's part of the API contract, over dev/office.mjs. Who may call what is read from the contract itself.
import { randomBytes } from 'node:crypto'
import { consoleOperations } from './contract.mjs'
import { closeCalls } from './console_close.mjs'
import { reportCalls } from './console_reports.mjs'
import { financeCalls } from './finance.mjs'
import { colleges, goodCode, initialPassword } from './office.mjs'

/** @typedef {import('./office.mjs').Office} Office */
/** @typedef {import('./office.mjs').Person} Person */
/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {{ csrf: string, session?: string, secret?: string }} Desk one browser at the console */
/** @typedef {{ office: Office, treasury: import('./treasury.mjs').Treasury, desk: Desk, body: any, query: URLSearchParams, who: Person, role: string }} DeskCall */

const token = () => randomBytes(16).toString('hex')
const operations = consoleOperations()

/** @returns {Desk} */
export const newDesk = () => ({ csrf: token() })

/** @param {typeof import('./api.mjs').No} No */
export function consoleCalls(No) {
  /** @param {Office} office @param {Desk} desk */
  const rowOf = (office, desk) =>
    office.sessions.find((row) => row.session === desk.session && row.ended_at === undefined)

  /** @param {Office} office @param {Desk} desk */
  function whoIs(office, desk) {
    const row = rowOf(office, desk)
    return row && office.people.find((one) => one.operator === row.operator)
  }

  /** @param {Person} who */
  const operationsOf = (who) =>
    operations.filter(({ roles }) => roles?.includes(who.role)).map(({ id }) => id)

  /** @param {{ office: Office, desk: Desk }} call */
  function session({ office, desk }) {
    const who = whoIs(office, desk)
    if (!who) return { signed_in: false, csrf_token: desk.csrf }
    const { operator, name, display_name, role, colleges } = who
    const stage = who.initial ? 'setup' : 'ready'
    return {
      ...{ signed_in: true, csrf_token: desk.csrf, stage },
      operator: { operator, name, display_name, role, colleges },
      operations: who.initial
        ? ['beginSetup', 'finishSetup', 'signOutOfConsole']
        : operationsOf(who),
      ...{ idle_minutes: office.idle_minutes, ends_at: Date.now() + 12 * 3600_000 },
    }
  }

  /** @param {Office} office @param {(row: Schemas['ConsoleSessionRow']) => boolean} which @param {NonNullable<Schemas['ConsoleSessionRow']['ended_by']>} ended_by */
  function end(office, which, ended_by) {
    for (const row of office.sessions)
      if (row.ended_at === undefined && which(row))
        Object.assign(row, { ended_at: Date.now(), ended_by })
  }

  /** @param {Office} office @param {Person} person */
  function shown(office, person) {
    const { operator, name, display_name, role, colleges, state } = person
    const { last_sign_in_at, added_at, version } = person
    const at = last_sign_in_at === undefined ? {} : { last_sign_in_at }
    const facts = { operator, name, display_name, role, colleges, state, added_at, version, ...at }
    const mine = (/** @type {Schemas['ConsoleSessionRow']} */ row) =>
      row.operator === person.operator && row.ended_at === undefined
    return { ...facts, live_sessions: office.sessions.filter(mine).length }
  }

  /** @param {DeskCall} call @param {(row: Schemas['ConsoleSessionRow']) => boolean} which */
  const rows = ({ office, desk }, which) => ({
    sessions: office.sessions
      .filter(which)
      .slice(0, 100)
      .map((row) => ({ ...row, own: row.session === desk.session })),
  })
  /** @param {DeskCall} call */
  const ownRows = (call) => rows(call, (row) => row.operator === call.who.operator)

  /** @param {string} password @param {Person} who */
  function strongEnough(password, who) {
    if (password.length < 10 || password.includes(who.name))
      throw new No(422, 'password_too_weak', '新密码至少 10 位')
  }

  /** @param {string} code */
  function codeRight(code) {
    if (code !== goodCode)
      throw new No(403, 'code_wrong', '动态口令不正确或已用过，请等下一个口令再试')
  }

  /** @param {DeskCall} call */
  function prove({ who, body }) {
    if (body.password !== who.password)
      throw new No(403, 'password_wrong', '当前密码不正确，请重新输入')
    codeRight(body.code)
  }

  /** @param {DeskCall} call */
  function newSecret({ desk, who }) {
    desk.secret ??= 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    const uri = `otpauth://totp/${encodeURIComponent(`校园统一支付平台:${who.name}`)}?secret=${desk.secret}&issuer=campuspay`
    return { secret: desk.secret, uri }
  }

  /** @param {DeskCall} call @param {string} id */
  function personOf({ office }, id) {
    const found = office.people.find((one) => one.operator === id)
    if (!found) throw new No(404, 'operator_not_found', '没有找到该操作员')
    return found
  }

  /** @param {DeskCall} call @param {Person} person */
  function notTheLast({ office }, person) {
    const admins = office.people.filter((one) => one.role === 'admin' && one.state === 'ready')
    if (admins.length === 1 && admins[0] === person)
      throw new No(409, 'last_admin', '这是最后一名可登录的管理员，请先增加一名再操作')
  }

  /** @param {DeskCall} call */
  function audit({ office, query }) {
    const want = (/** @type {string} */ name) => query.get(name) ?? ''
    const dayOf = (/** @type {number} */ at) =>
      new Date(at + 8 * 3600_000).toISOString().slice(0, 10)
    const before = want('before')
    const found = office.audit.filter((row) => {
      const { actor, action, object, result, detail, address } = row
      const login = office.people.find((one) => actor === `operator:${one.operator}`)?.name
      return (
        (!want('who') || [actor, login].includes(want('who'))) &&
        (!want('what') ||
          action === want('what') ||
          (want('what').endsWith('.') && action.startsWith(want('what')))) &&
        object.startsWith(want('object')) &&
        [object, result, detail, address].some((part) => part.includes(want('text'))) &&
        (!want('from') || dayOf(row.at) >= want('from')) &&
        (!want('to') || dayOf(row.at) <= want('to'))
      )
    })
    const begin = before ? Number(before) : 0
    const page = found.slice(begin, begin + 50)
    return { rows: page, ...(begin + 50 < found.length ? { next: String(begin + 50) } : {}) }
  }

  /** @param {DeskCall} call */
  function chain({ office, query }) {
    const rows = office.audit.filter((row) => row.number !== undefined).length
    const begin = Number(query.get('after') ?? 0)
    const walked = Math.min(begin + office.stretch, rows)
    const facts = { rows, before_the_chain: office.audit.length - rows }
    const { broken_at } = office
    if (broken_at !== undefined && broken_at <= walked) {
      const flaw = '这条记录的内容与写入时的指纹不一致'
      return { state: 'broken', walked: broken_at - 1, ...facts, broken_at, flaw }
    }
    return walked < rows
      ? { state: 'going', walked, ...facts, next: String(walked) }
      : { state: 'whole', walked, ...facts }
  }

  /** @type {Record<string, (call: DeskCall, id: string, ...more: string[]) => unknown>} */
  const calls = {
    ...closeCalls(No),
    ...reportCalls(No),
    getConsoleSession: session,
    signInToConsole(call) {
      const { office, desk, body } = call
      const who = office.people.find(
        (one) => one.name === body.name && one.password === body.password,
      )
      if (!who || who.state === 'disabled' || (!who.initial && body.code !== goodCode))
        throw new No(401, 'sign_in_failed', '登录名、密码或动态口令不正确，请核对后重试')
      const row = office.begin(who, { address: '10.20.3.7', browser: 'Chrome · Linux' })
      Object.assign(desk, { csrf: token(), session: row.session, secret: undefined })
      who.last_sign_in_at = Date.now()
      return session(call)
    },
    signOutOfConsole(call) {
      end(call.office, (row) => row.session === call.desk.session, 'oneself')
      call.desk.csrf = token()
      return session(call)
    },
    beginSetup(call) {
      if (!call.who.initial) throw new No(409, 'console_setup_done', '本人密码和动态口令已经设置过')
      return newSecret(call)
    },
    finishSetup(call) {
      const { who, body, desk } = call
      strongEnough(body.new_password, who)
      codeRight(body.code)
      Object.assign(who, { password: body.new_password, initial: false, state: 'ready' })
      const row = rowOf(call.office, desk)
      if (row) row.stage = 'ready'
      desk.csrf = token()
      return session(call)
    },
    changeConsolePassword(call) {
      prove(call)
      strongEnough(call.body.new_password, call.who)
      call.who.password = call.body.new_password
      end(
        call.office,
        (row) => row.operator === call.who.operator && row.session !== call.desk.session,
        'new_secrets',
      )
      return session(call)
    },
    beginNewAuthenticator(call) {
      prove(call)
      return newSecret(call)
    },
    finishNewAuthenticator(call) {
      codeRight(call.body.code)
      end(
        call.office,
        (row) => row.operator === call.who.operator && row.session !== call.desk.session,
        'new_secrets',
      )
      return session(call)
    },
    listOwnConsoleSessions: ownRows,
    endOtherConsoleSessions(call) {
      end(
        call.office,
        (row) => row.operator === call.who.operator && row.session !== call.desk.session,
        'oneself',
      )
      return ownRows(call)
    },
    endOwnConsoleSession(call, id) {
      end(call.office, (row) => row.operator === call.who.operator && row.session === id, 'oneself')
      return ownRows(call)
    },
    listOperators: ({ office }) => ({
      operators: office.people
        .map((one) => shown(office, one))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    }),
    addOperator({ office, body, who }) {
      if (office.people.some((one) => one.name === body.name))
        throw new No(409, 'operator_name_taken', '该登录名已有人使用，请换一个')
      /** @type {Person} */
      const made = {
        ...{
          operator: office.id(),
          name: body.name,
          display_name: body.display_name,
          role: body.role,
        },
        ...{
          colleges: body.colleges,
          state: 'setup',
          live_sessions: 0,
          added_at: Date.now(),
          version: 1,
        },
        ...{ password: initialPassword, initial: true },
      }
      office.people.push(made)
      office.note(who, 'operator.add', made.name)
      return { operator: shown(office, made), initial_password: initialPassword }
    },
    changeOperator(call, id) {
      const { body, office } = call
      const person = personOf(call, id)
      if (body.version !== person.version)
        throw new No(409, 'operator_changed', '该操作员刚被他人修改，请刷新后重试')
      if (body.role !== person.role) {
        notTheLast(call, person)
        end(office, (row) => row.operator === id, 'new_secrets')
      }
      const { display_name, role, colleges } = body
      Object.assign(person, { display_name, role, colleges, version: person.version + 1 })
      office.note(call.who, 'operator.change', person.name)
      return shown(office, person)
    },
    resetOperator(call, id) {
      const person = personOf(call, id)
      notTheLast(call, person)
      Object.assign(person, { password: initialPassword, initial: true, state: 'setup' })
      end(call.office, (row) => row.operator === id, 'new_secrets')
      return { operator: shown(call.office, person), initial_password: initialPassword }
    },
    disableOperator(call, id) {
      const person = personOf(call, id)
      notTheLast(call, person)
      person.state = 'disabled'
      end(call.office, (row) => row.operator === id, 'disabled')
      return shown(call.office, person)
    },
    enableOperator(call, id) {
      const person = personOf(call, id)
      person.state = person.initial ? 'setup' : 'ready'
      return shown(call.office, person)
    },
    endSessionsOfOperator(call, id) {
      end(call.office, (row) => row.operator === id, 'admin')
      return rows(call, (row) => row.operator === id)
    },
    listConsoleSessions(call) {
      const { query } = call
      const before = query.get('before')
      return rows(
        call,
        (row) =>
          (!query.get('operator') || row.operator === query.get('operator')) &&
          (!query.get('live') || row.ended_at === undefined) &&
          (!before || Number(row.session) < Number(before)),
      )
    },
    endConsoleSession(call, id) {
      end(call.office, (row) => row.session === id, 'admin')
      const [row] = rows(call, (one) => one.session === id).sessions
      if (!row) throw new No(404, 'console_session_not_found', '没有找到这次登录')
      return { session: row }
    },
    listColleges: () => ({ colleges }),
    searchAudit: audit,
    verifyAuditChain: chain,
    ...financeCalls(No),
  }

  const unknown = Object.keys(calls).filter((name) => !operations.some(({ id }) => id === name))
  if (unknown.length > 0) throw new Error(`not in the contract: ${unknown.join(', ')}`)

  /** @param {string} method @param {string} path @param {Omit<DeskCall, 'who' | 'role'>} call @param {string | undefined} csrf */
  return function answerConsole(method, path, call, csrf) {
    const operation = operations.find((one) => one.method === method && one.pattern.test(path))
    const run = operation && calls[operation.id]
    if (!operation || !run) throw new No(404, 'not_found', '没有找到您访问的内容')
    if (method !== 'GET' && csrf !== call.desk.csrf)
      throw new No(403, 'csrf_token_wrong', '页面已过期，请刷新后重试')
    const who = whoIs(call.office, call.desk)
    if (operation.roles) {
      if (!who) throw new No(401, 'not_signed_in', '请先登录')
      if (!operation.roles.includes(who.role))
        throw new No(403, 'not_your_role', '您的岗位不能进行此操作')
      const free = ['beginSetup', 'finishSetup', 'signOutOfConsole']
      if (who.initial && !free.includes(operation.id))
        throw new No(403, 'console_setup_needed', '请先设置本人密码并绑定动态口令')
      const row = rowOf(call.office, call.desk)
      if (row) row.seen_at = Date.now()
    }
    const [id = '', ...more] = (operation.pattern.exec(path) ?? [])
      .slice(1)
      .map((part) => decodeURIComponent(part))
    const known = /** @type {Person} */ (who)
    return run({ ...call, who: known, role: known?.role ?? '' }, id, ...more)
  }
}
