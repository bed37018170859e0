// What is due, paid and owed in the invented college, and what money came and went there.
import { beginJob, figureOf } from './console_close.mjs'

/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {import('./console.mjs').DeskCall} DeskCall */
/** @typedef {Schemas['Debt'] & { grade: string }} Bill */

const dayMs = 24 * 3600_000
const schools = /** @type {const} */ ([
  ['机械工程学院', ['机电一体化技术', '数控技术']],
  ['管理工程学院', ['大数据与会计', '现代物流管理']],
  ['汽车工程学院', ['汽车检测与维修技术', '新能源汽车技术']],
  ['轨道交通学院', ['城市轨道交通运营管理', '铁道信号自动控制']],
  ['道路与桥梁工程学院', ['道路与桥梁工程技术', '工程测量技术']],
])
const family = '王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗'
const given = ['子涵', '雨桐', '浩然', '思远', '佳怡', '文博', '欣妍', '俊杰', '诗琪', '明轩']

/** @returns {Bill[]} */
function makeBills() {
  /** @type {Bill[]} */
  const bills = []
  let student = 0
  schools.forEach(([college, majors], at) =>
    majors.forEach((major, nth) => {
      for (const [year, room] of /** @type {const} */ ([
        ['2024', '1'],
        ['2025', '2'],
      ])) {
        const own = {
          college,
          major,
          class: `${major.slice(0, 2)}${year.slice(2)}0${room}`,
          grade: year,
        }
        for (let seat = 1; seat <= 14; seat++) {
          student += 1
          const name = `${family[student % family.length]}${given[(student * 7 + seat) % given.length]}`
          const student_no = `${year}0${at + 1}${nth + 1}${room}${String(seat).padStart(2, '0')}`
          const luck = (student * 37 + seat * 11) % 10
          const tuition = luck < 5 ? 700_000 : luck < 7 ? 300_000 : 0
          const rent = luck % 2 === 0 ? 120_000 : 0
          for (const [item, due_fen, paid_fen] of /** @type {const} */ ([
            ['学费', 700_000, tuition],
            ['住宿费', 120_000, rent],
          ]))
            bills.push({
              ...{ bill_id: String(bills.length + 1), student_no, name, ...own },
              ...{ item, period: '2026-2027', due_fen, paid_fen, owed_fen: due_fen - paid_fen },
            })
        }
      }
    }),
  )
  return bills
}

/** @param {number} now */
export function makeBooks(now) {
  return { bills: makeBills(), now }
}

const columns = /** @type {const} */ (['college', 'major', 'class', 'grade', 'item', 'period'])

/** @param {Bill[]} bills @param {Record<string, string | undefined>} filter */
const wanted = (bills, filter) =>
  bills.filter((bill) => columns.every((one) => !filter[one] || bill[one] === filter[one]))

/** @param {Bill[]} bills */
function sumsOf(bills) {
  const of = (/** @type {'due_fen' | 'paid_fen' | 'owed_fen'} */ field) =>
    bills.reduce((sum, bill) => sum + bill[field], 0)
  const students = (/** @type {Bill[]} */ some) => new Set(some.map((one) => one.student_no)).size
  return {
    ...{ students: students(bills), bills: bills.length },
    ...{ due_fen: of('due_fen'), paid_fen: of('paid_fen'), owed_fen: of('owed_fen') },
    debtors: students(bills.filter((one) => one.owed_fen > 0)),
  }
}

/** @param {Bill[]} bills @param {Record<string, string | undefined>} filter */
function choicesOf(bills, filter) {
  /** @param {typeof columns[number]} column @param {(typeof columns[number])[]} above */
  const of = (column, above) => {
    const narrow = Object.fromEntries(above.map((one) => [one, filter[one]]))
    return [...new Set(wanted(bills, narrow).map((bill) => bill[column]))].sort()
  }
  return {
    ...{ colleges: of('college', []), majors: of('major', ['college']) },
    ...{ classes: of('class', ['college', 'major']), grades: of('grade', []) },
    ...{ items: of('item', []), periods: of('period', []) },
  }
}

/** @param {DeskCall} call */
function moneyRows({ office, body }) {
  const { by, from, until } = body
  /** @type {Schemas['MoneyGroup'][]} */
  const rows = []
  /** @param {string} key @param {string} day @param {number} salt @param {number} share */
  const row = (key, day, salt, share) => {
    const busy = figureOf(day, salt)
    const payments = busy % share
    const refunds = busy % 3 === 0 ? 1 : 0
    return { key, payments, paid_fen: payments * 412_300, refunds, refunded_fen: refunds * 120_000 }
  }
  const today = office.close.today
  const keys = {
    merchant: ['1900000109', '1900000208'],
    channel: ['jsapi', 'native'],
    item: ['学费', '住宿费', ''],
  }
  const add = (/** @type {Schemas['MoneyGroup']} */ one) => {
    const known = rows.find(({ key }) => key === one.key)
    if (!known) return void rows.push(one)
    known.payments += one.payments
    known.paid_fen += one.paid_fen
    known.refunds += one.refunds
    known.refunded_fen += one.refunded_fen
  }
  for (
    let ms = Date.parse(`${from}T00:00:00Z`);
    ms <= Date.parse(`${until}T00:00:00Z`);
    ms += dayMs
  ) {
    const day = new Date(ms).toISOString().slice(0, 10)
    const none = { payments: 0, paid_fen: 0, refunds: 0, refunded_fen: 0 }
    if (by === 'day') add(day > today ? { key: day, ...none } : row(day, day, 3, 240))
    else if (by === 'hour')
      for (let hour = 0; hour < 24; hour++) {
        const key = `${day} ${String(hour).padStart(2, '0')}`
        add(hour < 7 || hour > 22 ? { key, ...none } : row(key, key, 4, 40))
      }
    else keys[/** @type {'item'} */ (by)].forEach((key, nth) => add(row(key, day, nth + 11, 120)))
  }
  return rows
}

/** @param {typeof import('./api.mjs').No} No */
export function reportCalls(No) {
  const today = (/** @type {DeskCall} */ { office }) => office.close.today
  /** @param {DeskCall} call @param {string} kind @param {string} title @param {number} rows */
  const begin = (call, kind, title, rows) =>
    beginJob(call, kind, () => ({
      ...{ said: `共 ${rows} 行`, file_name: `${title}-${today(call)}.xlsx` },
      file_size: rows * 74 + 8_100,
    }))

  return /** @type {Record<string, (call: DeskCall) => unknown>} */ ({
    reportFees({ office, body }) {
      const bills = wanted(office.books.bills, body)
      const by = /** @type {typeof columns[number]} */ (body.by)
      const keys = [...new Set(bills.map((bill) => bill[by]))]
      const rows = keys
        .map((key) => ({ key, ...sumsOf(bills.filter((bill) => bill[by] === key)) }))
        .sort((a, b) => b.owed_fen - a.owed_fen)
      return { rows, all: sumsOf(bills), choices: choicesOf(office.books.bills, body) }
    },
    reportMoney(call) {
      if (call.body.from > call.body.until)
        throw new No(400, 'bad_request', '请选择不超过一年的起止日期')
      return { rows: moneyRows(call) }
    },
    reportDebts({ office, body }) {
      const debts = wanted(office.books.bills, body)
        .filter((bill) => bill.owed_fen > 0)
        .map(({ bill_id, student_no, name, college, major, ...bill }) => ({
          ...{ bill_id, student_no, name, college, major, class: bill.class },
          ...{ item: bill.item, period: bill.period, due_fen: bill.due_fen },
          ...{ paid_fen: bill.paid_fen, owed_fen: bill.owed_fen },
        }))
      const from = Number(body.after ?? 0)
      const page = debts.slice(from, from + 100)
      return { debts: page, ...(from + 100 < debts.length ? { next: String(from + 100) } : {}) }
    },
    exportFees: (call) => begin(call, 'export_fees', '收费情况', 20),
    exportMoney: (call) => begin(call, 'export_money', '收退款', 31),
    exportDebts: (call) => begin(call, 'export_debts', '欠费名单', 137),
  })
}
