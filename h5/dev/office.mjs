// The people of the console and what they did, in memory. Everybody is invented.
import { makeClose } from './console_close.mjs'
import { makeBooks } from './console_reports.mjs'

const hour = 3600_000
const day = 24 * hour

/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {Schemas['Operator'] & { password: string, initial: boolean }} Person */
/** @typedef {Schemas['ConsoleSessionRow']} Row */

export const colleges = [
  '机械工程学院',
  '管理工程学院',
  '汽车工程学院',
  '轨道交通学院',
  '道路与桥梁工程学院',
]

/** What the mock's authenticators show, always. */
export const goodCode = '246810'
export const goodPassword = 'rain-on-the-rails'
export const initialPassword = 'Kq7m-Xw3p-Td9v'

/** @param {number} now */
export function makeOffice(now = Date.now()) {
  let made = 100
  const id = () => String(++made)

  /** @param {string} name @param {string} display_name @param {Person['role']} role @param {Partial<Person>} [more] @returns {Person} */
  const person = (name, display_name, role, more = {}) => ({
    ...{ operator: id(), name, display_name, role, colleges: [], state: 'ready' },
    ...{ live_sessions: 0, last_sign_in_at: now - made * hour, added_at: now - made * day },
    ...{ version: 1, password: goodPassword, initial: false },
    ...more,
  })

  const people = [
    person('li', '李建国', 'admin'),
    person('wang', '王晓梅', 'finance'),
    person('zhao.min', '赵敏', 'finance'),
    person('qian', '钱审', 'auditor'),
    person('zhou', '周一帆', 'finance', {
      ...{
        state: 'setup',
        password: initialPassword,
        initial: true,
        colleges: [colleges[2] ?? ''],
      },
      last_sign_in_at: /** @type {any} */ (undefined),
    }),
    person('sun', '孙立', 'finance', { state: 'disabled', colleges: colleges.slice(0, 3) }),
    person('wu.jing', '吴静', 'admin'),
    person('zheng', '郑海燕', 'finance', { colleges: colleges.slice(3) }),
  ]

  const browsers = ['Chrome · Windows', 'Edge · Windows', 'Firefox · Linux', 'Safari · macOS']
  /** Newest first. @type {Row[]} */
  const sessions = []
  /** @param {Person} who @param {Partial<Row>} [more] */
  function begin(who, more = {}) {
    /** @type {Row} */
    const row = {
      ...{ session: id(), operator: who.operator, name: who.name, display_name: who.display_name },
      ...{ stage: who.initial ? 'setup' : 'ready', own: false },
      ...{ began_at: Date.now(), seen_at: Date.now(), ends_at: Date.now() + 12 * hour },
      ...{ address: `10.20.${made % 9}.${made % 200}`, browser: browsers[made % 4] ?? '' },
      ...more,
    }
    sessions.unshift(row)
    return row
  }
  for (let back = 40; back > 0; back--) {
    const who = people[back % 4]
    if (!who) continue
    const began_at = now - back * 5 * hour
    const over = back > 3 ? { ended_at: began_at + 2 * hour } : {}
    const ended_by = /** @type {const} */ (['oneself', 'idle', 'admin', 'age'])[back % 4]
    const times = { began_at, seen_at: began_at + hour, ends_at: began_at + 12 * hour }
    begin(who, { ...times, ...over, ...(back > 3 && ended_by ? { ended_by } : {}) })
  }

  const deeds = [
    ['console.sign_in', 'ready', 'ok', ''],
    ['refund.ask', 'R20260901000123', 'done', '7,000.00 元，退学'],
    ['refund.release', 'R20260901000123', 'done', ''],
    ['reconcile.fix', '2026-08-31', 'late_money', '补记一笔收款 1,200.00 元'],
    ['operator.change', 'zhou', 'ok', '数据范围：汽车工程学院'],
    ['console.prove', 'account', 'refused', ''],
    ['publish_menu', 'menu 12', 'ok', ''],
  ]
  /** Newest first. @type {Schemas['AuditRow'][]} */
  const audit = []
  for (let number = 1; number <= 180; number++) {
    const [action = '', object = '', result = '', detail = ''] = deeds[number % deeds.length] ?? []
    const who = people[number % 4]
    const student = number % 5 === 0
    audit.unshift({
      number,
      at: now - (180 - number) * 47 * 60_000,
      actor: student ? `student:${4000 + number}` : `operator:${who?.operator}`,
      ...(student ? {} : { actor_name: who?.display_name ?? '' }),
      ...(student
        ? {
            action: 'cancel_order',
            object: `P2026090000${1000 + number}`,
            result: 'asked',
            detail: '',
          }
        : { action, object, result, detail }),
      address: `10.20.3.${number % 250}`,
    })
  }
  audit.push({
    ...{ at: now - 9 * day, actor: 'command:li', action: 'reconcile.close' },
    ...{ object: '2026-08-20', result: 'done', detail: '', address: '' },
  })

  /** @param {Person} who @param {string} action @param {string} object @param {string} [detail] */
  function note(who, action, object, detail = '') {
    const number = (audit[0]?.number ?? 0) + 1
    const actor = { actor: `operator:${who.operator}`, actor_name: who.display_name }
    audit.unshift({
      number,
      at: Date.now(),
      ...actor,
      action,
      object,
      result: 'ok',
      detail,
      address: '10.20.3.7',
    })
  }

  return {
    people,
    sessions,
    audit,
    begin,
    note,
    id,
    /** the first row that the walk along the chain finds wanting @type {number | undefined} */
    broken_at: /** @type {number | undefined} */ (undefined),
    /** rows that one call of the walk looks at */
    stretch: 30,
    idle_minutes: 30,
    close: makeClose(now),
    books: makeBooks(now),
  }
}

/** @typedef {ReturnType<typeof makeOffice>} Office */
