// The daily close and the jobs of the console, in memory. A job goes on by a step whenever it is looked at.

/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {import('./console.mjs').DeskCall} DeskCall */
/** @typedef {Schemas['Job'] & { operator: string, request_id: string, steps: number, end: () => Partial<Schemas['Job']> }} KnownJob */
/** @typedef {{ trouble?: string, busy?: boolean, merchants: Schemas['DayMerchant'][], differences: Schemas['DayDifference'][] }} KnownDay */

const dayMs = 24 * 3600_000
const beijingMs = 8 * 3600_000
/** @param {number} ms */
const textOf = (ms) => new Date(ms + beijingMs).toISOString().slice(0, 10)

/** Always the same figures for the same day. @param {string} day @param {number} salt */
export function figureOf(day, salt) {
  let out = salt * 7919 + 17
  for (const letter of day) out = (out * 131 + letter.charCodeAt(0)) % 1_000_003
  return out
}

const houses = /** @type {const} */ ([
  ['1900000109', '财务处'],
  ['1900000208', '后勤服务中心'],
])

/** @param {string} day @param {number} nth @param {number} now @returns {Schemas['DayMerchant']} */
function merchantOf(day, nth, now) {
  const [mch_id, merchant_name] = houses[nth] ?? houses[0]
  const payments = (figureOf(day, nth) % 180) + 20
  const refunds = figureOf(day, nth + 5) % 4
  const paid_fen = payments * (nth === 0 ? 412_300 : 12_350) + (figureOf(day, nth + 9) % 100)
  const side = { payments, paid_fen, refunds, refunded_fen: refunds * 120_000 }
  const fees = Math.floor((paid_fen * 6) / 1000)
  const opening_fen = 8_412_055 + nth * 1_000_000
  return {
    ...{ mch_id, merchant_name, state: 'balanced' },
    ...{ bill: { ...side }, ours: { ...side }, ledger: { ...side } },
    ...{ cut_in_fen: 0, cut_out_fen: 0 },
    ...{ bill_fees_fine: fees * 1000, flow_fees_fen: fees, booked_fees_fen: fees },
    ...{ flow_income_fen: paid_fen, flow_expense_fen: side.refunded_fen + fees, opening_fen },
    closing_fen: opening_fen + paid_fen - side.refunded_fen - fees,
    ledger_balance_fen: opening_fen + paid_fen - side.refunded_fen - fees,
    run_at: now,
    files: [
      { kind: 'trade', nothing_happened: false, rows: payments + refunds, fetched_at: now },
      { kind: 'flow', nothing_happened: false, rows: payments * 2 + refunds, fetched_at: now },
    ],
  }
}

const hash = '3f9a1c07d25be84466f0b19ae7c3528d10be77a4915f26c8d3e05b7a94c1f82e'

/** @param {string} day @param {number} nth @returns {Schemas['DayMerchant']} */
function unseen(day, nth) {
  const known = merchantOf(day, nth, 0)
  const nothing = { payments: 0, paid_fen: 0, refunds: 0, refunded_fen: 0 }
  delete known.run_at
  delete known.opening_fen
  delete known.closing_fen
  return {
    ...known,
    ...{ state: 'open', bill: nothing, ours: nothing, ledger: nothing, files: [] },
    ...{ bill_fees_fine: 0, flow_fees_fen: 0, booked_fees_fen: 0, ledger_balance_fen: 0 },
    ...{ flow_income_fen: 0, flow_expense_fen: 0 },
  }
}

/** @param {string} day @param {number} now @returns {Schemas['DayDifference'][]} */
function someDifferences(day, now) {
  const at = { mch_id: houses[0][0], found_at: now }
  const number = day.replace(/-/g, '')
  return [
    {
      ...at,
      ...{ number: 1, kind: 'payment_missing_here', proposal: 'into_suspense', state: 'open' },
      sentence: '微信账单有这笔收款，本系统没有',
      proposal_sentence: '记入待定款项，之后可申请退回（--fix）',
      ...{ provider_fen: 120_000, our_fen: 0 },
      transaction_id: `42000018${number}0123456789`,
    },
    {
      ...at,
      ...{ number: 2, kind: 'payment_amount_differs', proposal: 'explain', state: 'open' },
      sentence: '收款的金额或订单号与微信账单不同',
      proposal_sentence: '查明后写下说明（--explain）',
      ...{ provider_fen: 700_000, our_fen: 680_050, order_no: `P${number}000001284` },
      transaction_id: `42000018${number}0123450021`,
    },
    {
      ...at,
      ...{ number: 3, kind: 'refund_missing_there', proposal: 'explain', state: 'waiting' },
      sentence: '本系统有这笔退款，微信账单没有',
      proposal_sentence: '查明后写下说明（--explain）',
      ...{ provider_fen: 0, our_fen: 120_000, refund_no: `R${number}000000031` },
      wait_until: now + dayMs,
    },
    {
      ...at,
      ...{ number: 4, kind: 'fees_differ', proposal: 'book_fees', state: 'resolved' },
      sentence: '交易账单的手续费与资金账单（或已记账的手续费）不同',
      proposal_sentence: '按资金账单记手续费（--fix）',
      ...{ provider_fen: 3_180, our_fen: 3_120, resolution: 'booked' },
      ...{ decided_by: '赵敏', decided_at: now, note: '微信调整费率' },
    },
  ]
}

/** @param {number} now */
export function makeClose(now) {
  const ago = (/** @type {number} */ days) => textOf(now - days * dayMs)
  /** @type {Map<string, KnownDay>} */
  const days = new Map()
  for (let back = 45; back >= 2; back--) {
    const day = ago(back)
    const at = now - (back - 1) * dayMs
    const merchants = houses.map((_, nth) => merchantOf(day, nth, at))
    /** @type {KnownDay} */
    const known = { merchants, differences: [] }
    const [first, second] = merchants
    if (back > 8)
      for (const one of merchants)
        Object.assign(one, {
          ...{ state: 'closed', closed_by: '赵敏', closed_at: at, closed_hash: hash },
          closed_seq: 90_000 - back * 310,
        })
    if (back === 4 && first) {
      first.state = 'differs'
      first.bill = { ...first.bill, payments: first.bill.payments + 1 }
      first.bill.paid_fen += 139_950
      first.bill_fees_fine += 450
      known.differences = someDifferences(day, at)
    }
    if (back === 3 && first) {
      first.cut_in_fen = 420_000
      first.bill = { ...first.bill, payments: first.bill.payments + 1 }
      first.bill.paid_fen += 420_000
    }
    if (back === 5 && second) {
      const none = { payments: 0, paid_fen: 0, refunds: 0, refunded_fen: 0 }
      Object.assign(second, {
        ...{ bill: none, ours: none, ledger: none, flow_income_fen: 0, flow_expense_fen: 0 },
        ...{ bill_fees_fine: 0, flow_fees_fen: 0, booked_fees_fen: 0 },
        ...{ closing_fen: second.opening_fen, ledger_balance_fen: second.opening_fen },
        files: [
          { kind: 'trade', nothing_happened: true, rows: 0, fetched_at: at },
          { kind: 'flow', nothing_happened: true, rows: 0, fetched_at: at },
        ],
      })
    }
    if (back === 2) {
      known.trouble = '微信的账单尚未生成，请于上午十点后再试'
      known.merchants = houses.map((_, nth) => ({
        ...unseen(day, nth),
        trouble: known.trouble ?? '',
      }))
    }
    days.set(day, known)
  }
  return {
    days,
    ago,
    first_day: ago(45),
    today: textOf(now),
    /** @type {KnownJob[]} newest first */
    jobs: /** @type {KnownJob[]} */ ([]),
    /** how many looks a job takes */
    steps: 3,
    /** jobs stay where they are */
    hold: false,
    /** why the next jobs fail @type {string | undefined} */
    fail: /** @type {string | undefined} */ (undefined),
  }
}

/** Begins a job, once for a request id. @param {DeskCall} call @param {string} kind @param {() => Partial<Schemas['Job']>} end */
export function beginJob({ office, who, body }, kind, end) {
  const { close } = office
  const before = close.jobs.find((one) => one.request_id === body.request_id)
  if (before) return shownJob(before)
  /** @type {KnownJob} */
  const made = {
    ...{ job_id: office.id(), kind, state: 'waiting', progress: 0, created_at: Date.now() },
    ...{ operator: who.operator, request_id: body.request_id, steps: 0, end },
    ...(kind === 'day_run' ? {} : { total: close.steps * 100 }),
  }
  close.jobs.unshift(made)
  return shownJob(made)
}

/** @param {KnownJob} job @returns {Schemas['Job']} */
function shownJob(job) {
  const { job_id, kind, state, progress, total, said, file_name, file_size } = job
  const { created_at, ended_at } = job
  const all = { job_id, kind, state, progress, total, said, file_name, file_size }
  // What is not known is not on the wire.
  return JSON.parse(JSON.stringify({ ...all, created_at, ended_at }))
}

const isUnderWay = (/** @type {KnownJob} */ job) =>
  job.state === 'waiting' || job.state === 'working'

/** @param {typeof import('./api.mjs').No} No */
export function closeCalls(No) {
  /** @param {DeskCall} call @param {KnownJob} job */
  function goOn({ office: { close } }, job) {
    if (close.hold || !isUnderWay(job)) return
    job.state = 'working'
    job.steps += 1
    if (job.total !== undefined) job.progress = Math.min(job.total, job.steps * 100)
    if (job.steps < close.steps) return
    job.ended_at = Date.now()
    if (close.fail) Object.assign(job, { state: 'failed', said: close.fail })
    else Object.assign(job, { state: 'done', ...job.end() })
  }

  /** @param {DeskCall} call @param {string} id */
  function jobOf({ office, who }, id) {
    const found = office.close.jobs.find(
      (one) => one.job_id === id && one.operator === who.operator,
    )
    if (!found) throw new No(404, 'job_not_found', '没有找到该任务，可能已过保留时间')
    return found
  }

  /** @param {DeskCall} call @param {string} day @returns {KnownDay} */
  function dayOf({ office: { close } }, day) {
    if (day > close.today) throw new No(404, 'day_not_found', '没有这一天，或者这一天还没有到')
    const known = close.days.get(day)
    if (known) return known
    return { merchants: houses.map((_, nth) => unseen(day, nth)), differences: [] }
  }

  /** @param {DeskCall} call @param {string} day @returns {Schemas['Day']} */
  function view(call, day) {
    const { merchants, differences, busy = false } = dayOf(call, day)
    return { day, over: day < call.office.close.today, busy, merchants, differences }
  }

  /** @param {DeskCall} call @param {string} day @param {string} number */
  function openOne(call, day, number) {
    const found = dayOf(call, day).differences.find((one) => one.number === Number(number))
    if (!found) throw new No(409, 'day_not_mended', '这一天没有这个编号的差异')
    return found.state === 'resolved' ? undefined : found
  }

  /** @param {DeskCall} call @param {string} day */
  function judge(call, day) {
    const known = dayOf(call, day)
    const left = known.differences.some((one) => one.state !== 'resolved')
    for (const one of known.merchants) if (one.state === 'differs' && !left) one.state = 'balanced'
  }

  /** @param {DeskCall} call @param {string} day @param {string} number @param {'booked' | 'explained'} resolution */
  function settle(call, day, number, resolution) {
    const one = openOne(call, day, number)
    if (one) {
      const { who, body } = call
      const note = body.note ? { note: body.note } : {}
      const decided = { decided_by: who.display_name, decided_at: Date.now(), ...note }
      Object.assign(one, { state: 'resolved', resolution, ...decided })
      call.office.note(who, `reconcile.${resolution === 'booked' ? 'fix' : 'explain'}`, day)
    }
    judge(call, day)
    return view(call, day)
  }

  /** @param {KnownDay['merchants'][number][]} merchants @param {'bill' | 'ours' | 'ledger'} side */
  const sum = (merchants, side) =>
    merchants.reduce(
      (all, one) => ({
        payments: all.payments + one[side].payments,
        paid_fen: all.paid_fen + one[side].paid_fen,
        refunds: all.refunds + one[side].refunds,
        refunded_fen: all.refunded_fen + one[side].refunded_fen,
      }),
      { payments: 0, paid_fen: 0, refunds: 0, refunded_fen: 0 },
    )

  const urgent = /** @type {const} */ (['differs', 'open', 'balanced', 'closed'])

  return /** @type {Record<string, (call: DeskCall, id: string, ...more: string[]) => unknown>} */ ({
    listJobs(call) {
      const own = call.office.close.jobs.filter((one) => one.operator === call.who.operator)
      own.forEach((job) => goOn(call, job))
      return { jobs: own.slice(0, 50).map(shownJob) }
    },
    getJob: (call, id) => shownJob(jobOf(call, id)),
    cancelJob(call, id) {
      const job = jobOf(call, id)
      if (isUnderWay(job)) Object.assign(job, { state: 'cancelled', ended_at: Date.now() })
      return shownJob(job)
    },
    getJobFile(call, id) {
      const { file_name } = jobOf(call, id)
      if (!file_name) throw new No(404, 'job_not_found', '没有找到该任务，可能已过保留时间')
      return { download: file_name, bytes: Buffer.from('rows') }
    },
    getDayCalendar(call) {
      const { close } = call.office
      const month = call.query.get('month') ?? ''
      const found = [...close.days].filter(([day]) => day.startsWith(month))
      const days = found
        .map(([day, { merchants, differences, trouble, busy = false }]) => ({
          ...{ day, state: urgent.find((state) => merchants.some((one) => one.state === state)) },
          ...(trouble ? { trouble } : {}),
          unresolved: differences.filter((one) => one.state !== 'resolved').length,
          ...{ busy, bill: sum(merchants, 'bill'), ours: sum(merchants, 'ours') },
          ledger: sum(merchants, 'ledger'),
        }))
        .sort((a, b) => (a.day < b.day ? -1 : 1))
      return { month, today: close.today, first_day: close.first_day, days }
    },
    getDay: view,
    runDay(call, day) {
      const { close } = call.office
      const known = { ...dayOf(call, day), busy: true }
      close.days.set(day, known)
      return beginJob(call, 'day_run', () => {
        known.busy = false
        delete known.trouble
        known.merchants.forEach((one, nth) => {
          if (one.state !== 'open') return
          delete one.trouble
          Object.assign(one, merchantOf(day, nth, Date.now()))
        })
        const left = known.differences.some((one) => one.state !== 'resolved')
        return { said: left ? '对账完成，有差异需要处理' : '对账完成，各方一致' }
      })
    },
    fixDifference(call, day, number = '') {
      const one = openOne(call, day, number)
      if (one?.proposal === 'explain')
        throw new No(409, 'day_not_mended', '这处差异不能自动处理，请查明后说明')
      return settle(call, day, number, 'booked')
    },
    explainDifference: (call, day, number = '') => settle(call, day, number, 'explained'),
    closeDay(call, day) {
      const { close } = call.office
      const known = dayOf(call, day)
      if (known.differences.some((one) => one.state !== 'resolved'))
        throw new No(409, 'day_not_mended', '还有未处理的差异，不能结账')
      const earlier = [...close.days].find(
        ([one, { merchants }]) => one < day && merchants.some(({ state }) => state !== 'closed'),
      )
      if (earlier) throw new No(409, 'day_not_mended', `请先结账较早的一天：${earlier[0]}`)
      for (const one of known.merchants)
        if (one.state !== 'closed')
          Object.assign(one, {
            ...{ state: 'closed', closed_by: call.who.display_name, closed_at: Date.now() },
            ...{ closed_seq: 91_204, closed_hash: hash },
          })
      call.office.note(call.who, 'reconcile.close', day)
      return view(call, day)
    },
    getBillFile(call, day, mch_id = '', kind = '') {
      const file = dayOf(call, day)
        .merchants.find((one) => one.mch_id === mch_id)
        ?.files.find((one) => one.kind === kind)
      if (!file || file.nothing_happened) throw new No(404, 'not_found', '没有找到您访问的内容')
      return { download: `${day}-${mch_id}-${kind}.csv.gz`, bytes: Buffer.from('bill') }
    },
  })
}
