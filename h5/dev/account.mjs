// The part of the API contract that the desk portal adds: captcha, first password, recovery, personal data.
import { randomBytes } from 'node:crypto'

/** @typedef {import('./api.mjs').Call} Call */
/** @typedef {import('./world.mjs').Person} Person */
/** @typedef {import('../shared/api/client').Schemas} Schemas */
/** @typedef {{ recovery: string, name: string, state: Schemas['Recovery']['state'], expires_at: number, asked_at: number, person: Person | undefined, tries: number }} Recovery */

const secret = () => randomBytes(16).toString('hex')
const minute = 60_000

/** @param {typeof import('./api.mjs').No} No */
export function accountCalls(No) {
  const questions = [
    { question: 'head_teacher', text: '您高中（中专）班主任的姓名是什么？' },
    { question: 'book', text: '您最喜欢的一本书是什么？' },
    { question: 'friend', text: '您最要好的朋友叫什么名字？' },
    { question: 'birthplace', text: '您的出生地是哪里？' },
    { question: 'journey', text: '您第一次乘火车去了哪里？' },
  ]
  const needed = 3
  const tidy = (/** @type {string} */ answer) => answer.trim().toLowerCase()

  /** @param {Call} call */
  function makeCaptcha({ world, body }) {
    const captcha = secret()
    const [a, b] = [2 + Math.floor(Math.random() * 7), 1 + Math.floor(Math.random() * 9)]
    const letters = Array.from(randomBytes(4), (byte) => 'ACDEFHJKMNPRTWXY34679'[byte % 21]).join(
      '',
    )
    const sum = body.form === 'question'
    world.captchas.set(captcha, sum ? String(a + b) : letters)
    const expires_at = Date.now() + 5 * minute
    if (sum) {
      const digits = '零一二三四五六七八九'
      const question = `请计算：${digits[a]}加${digits[b]}等于几？请填写数字`
      return { captcha, form: 'question', question, expires_at }
    }
    const glyphs = [...letters].map((letter, at) => {
      const turn = (letter.charCodeAt(0) % 30) - 15
      const x = 20 + at * 34
      return `<text x="${x}" y="40" font-size="34" font-family="serif" transform="rotate(${turn} ${x} 30)">${letter}</text>`
    })
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="56"><rect width="160" height="56" fill="#eef2f7"/>${glyphs.join('')}<path d="M0 38Q40 6 80 34T160 20" fill="none" stroke="#46658c" stroke-width="2"/></svg>`
    const picture = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
    return { captcha, form: 'picture', picture, expires_at }
  }

  /** @param {Call} call */
  function solved({ world, body }) {
    const right = world.captchas.get(body.captcha)
    world.captchas.delete(body.captcha)
    if (right === undefined || tidy(body.captcha_answer) !== tidy(right))
      throw new No(400, 'captcha_wrong', '验证码不正确或已过期，请重新输入')
  }

  /** @param {Person} person @param {string} password */
  function strongEnough(person, password) {
    const kinds = [/[A-Za-z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password)).length
    if (password.length < 8 || password.length > 64 || kinds < 2)
      throw new No(
        422,
        'password_too_weak',
        '密码需为 8 至 64 位，且包含字母、数字、其他符号中的至少两种',
      )
    if (password.includes(person.student.student_no) || password === person.id_number.slice(-6))
      throw new No(422, 'password_too_weak', '密码不能是学号或身份证号后六位')
  }

  /** @param {Call} call @returns {Person} */
  function owner({ visitor, body }) {
    const { person } = visitor
    if (!person || visitor.level !== 'own')
      throw new No(403, 'account_not_changeable', '请使用修改后的密码登录，再办理此业务')
    if (body.password !== person.password)
      throw new No(403, 'password_wrong', '当前密码不正确，请重新输入')
    return person
  }

  /** @param {Person} person @param {Schemas['QuestionAnswer'][]} answers */
  function keepAnswers(person, answers) {
    const asked = new Set(answers.map((it) => it.question))
    if (asked.size !== needed || answers.some((it) => !it.answer.trim()))
      throw new No(422, 'questions_incomplete', '请选择三个不同的密保问题并填写答案')
    person.answers = Object.fromEntries(answers.map((it) => [it.question, tidy(it.answer)]))
  }

  /** @param {Person} person */
  const chosenBy = (person) => ({ questions, needed, chosen: Object.keys(person.answers) })

  /** @param {string} text @param {number} before @param {number} after */
  const masked = (text, before, after) =>
    text ? `${text.slice(0, before)}****${after ? text.slice(-after) : ''}` : ''

  /** @param {Call} call */
  function profile({ visitor, world }) {
    const person = /** @type {Person} */ (visitor.person)
    const { college = '', major = '', class_name = '', grade = '' } = person.student
    const { student_no, name, id_number } = person.student
    return {
      ...{ student_no, name, id_number, college, major, class_name, grade },
      gender: person.gender,
      phone: masked(person.phone, 3, 4),
      email: person.email ? `${person.email.slice(0, 2)}****@${person.email.split('@')[1]}` : '',
      postcode: person.postcode,
      address: masked(person.address, 6, 0),
      bank_card: masked(person.bank_card, 4, 4),
      may_change: visitor.level === 'own',
      wechat_accounts: world.bound === student_no ? 1 : 0,
    }
  }

  /** @param {Recovery} recovery */
  function shown(recovery) {
    if (recovery.expires_at < Date.now() && recovery.state !== 'done') recovery.state = 'over'
    const asked = recovery.person ? Object.keys(recovery.person.answers) : []
    const three = asked.length ? asked : questions.slice(0, needed).map((it) => it.question)
    return {
      recovery: recovery.recovery,
      state: recovery.state,
      questions: questions.filter((it) => three.includes(it.question)),
      expires_at: recovery.expires_at,
      ...(recovery.state === 'waiting_for_wechat'
        ? { wechat_url: 'https://pay.example.edu.cn/h5/recovery' }
        : {}),
    }
  }

  /** @param {Call} call @param {string} recovery @returns {Recovery} */
  function recoveryOf({ world }, recovery) {
    const found = world.recoveries.find((it) => it.recovery === recovery)
    if (!found) throw new No(404, 'recovery_not_possible', '这次找回已经失效，请重新开始')
    return found
  }

  /** @param {Call} call */
  function beginRecovery(call) {
    solved(call)
    const { world, body } = call
    const person = world.people.find((one) => one.student.student_no === body.username)
    /** @type {Recovery} */
    const recovery = {
      recovery: secret(),
      name: secret(),
      state: 'asked',
      expires_at: Date.now() + 15 * minute,
      asked_at: Date.now(),
      person,
      tries: 0,
    }
    world.recoveries.push(recovery)
    return shown(recovery)
  }

  /** @param {Call} call @param {string} id */
  function answerRecovery(call, id) {
    const recovery = recoveryOf(call, id)
    const kept = recovery.person?.answers ?? {}
    /** @type {Schemas['QuestionAnswer'][]} */
    const given = call.body.answers
    const right =
      Object.keys(kept).length > 0 && given.every((it) => kept[it.question] === tidy(it.answer))
    if (!right) {
      recovery.tries += 1
      if (recovery.tries >= 3) recovery.state = 'over'
      throw new No(403, 'recovery_failed', '答案不正确，请核对后重试')
    }
    const bound = call.world.bound === recovery.person?.student.student_no
    recovery.state = bound ? 'waiting_for_wechat' : 'approved'
    return shown(recovery)
  }

  /** @param {Call} call @param {string} id */
  function finishRecovery(call, id) {
    const recovery = recoveryOf(call, id)
    const { person } = recovery
    if (recovery.state !== 'approved' || !person)
      throw new No(409, 'recovery_not_possible', '这次找回已经失效，请重新开始')
    strongEnough(person, call.body.new_password)
    Object.assign(person, { password: call.body.new_password, level: 'own' })
    recovery.state = 'done'
    return shown(recovery)
  }

  /** @param {Call} call */
  function requests({ world, visitor }) {
    const mine = world.recoveries.filter(
      (it) => it.state === 'waiting_for_wechat' && it.person === visitor.person,
    )
    return { requests: mine.map(({ name, asked_at }) => ({ recovery: name, asked_at })) }
  }

  /** @param {Call} call @param {string} name */
  function answerRequest(call, name) {
    const recovery = call.world.recoveries.find((it) => it.name === name)
    if (recovery) recovery.state = call.body.approve ? 'approved' : 'denied'
    return requests(call)
  }

  return {
    solved,
    strongEnough,
    /** @type {Record<string, { open?: boolean, first?: boolean, run: (call: any, id: string) => unknown }>} */
    calls: {
      'POST /captcha': { open: true, run: makeCaptcha },
      'GET /account/questions': {
        first: true,
        run: (call) => chosenBy(call.visitor.person),
      },
      'POST /account/questions': {
        run(call) {
          const person = owner(call)
          keepAnswers(person, call.body.answers)
          return chosenBy(person)
        },
      },
      'GET /account/recoveries': { run: requests },
      'POST /account/recoveries/*': { run: answerRequest },
      'POST /recoveries': { open: true, run: beginRecovery },
      'GET /recoveries/*': { open: true, run: (call, id) => shown(recoveryOf(call, id)) },
      'POST /recoveries/*/answers': { open: true, run: answerRecovery },
      'POST /recoveries/*/password': { open: true, run: finishRecovery },
      'GET /profile': { run: profile },
      'POST /profile': {
        run(call) {
          const { phone, email, postcode, address } = call.body
          const given = Object.entries({ phone, email, postcode, address })
          if (phone !== undefined && !/^1\d{10}$/.test(phone))
            throw new No(422, 'phone_wrong', '手机号不正确，请核对后重试')
          Object.assign(
            owner(call),
            Object.fromEntries(given.filter(([, value]) => value !== undefined)),
          )
          return profile(call)
        },
      },
      'POST /profile/bank-card': {
        run(call) {
          owner(call).bank_card = call.body.bank_card
          return profile(call)
        },
      },
      'POST /profile/wechat': {
        run(call) {
          owner(call)
          call.world.bound = undefined
          return profile(call)
        },
      },
    },
    /** @param {Call} call */
    setPassword(call) {
      const person = owner(call)
      strongEnough(person, call.body.new_password)
      person.password = call.body.new_password
    },
    /** @param {Call} call */
    setFirst(call) {
      const person = /** @type {Person} */ (call.visitor.person)
      strongEnough(person, call.body.new_password)
      keepAnswers(person, call.body.answers)
      Object.assign(person, { password: call.body.new_password, level: 'own' })
    },
  }
}
