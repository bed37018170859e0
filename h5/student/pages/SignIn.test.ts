import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { aSession, aStranger } from '../../dev/samples'
import {
  signIn as send,
  signInByWechat as sendWechat,
  type Session,
} from '../../shared/api/session'
import { Refusal } from '../../shared/errors'
import { here, replace } from '../../shared/route'
import { session } from '../../shared/stories/session'
import { typed } from '../stories/sign_in_form'
import SignIn from './SignIn.vue'

vi.mock('../../shared/route', async (original) => ({
  ...(await original<typeof import('../../shared/route')>()),
  go: vi.fn(async () => {}),
  replace: vi.fn(async () => {}),
  href: (full: string) => `/h5${full}`,
}))
vi.mock('../../shared/api/session')
vi.mock('../../shared/api/site')

const open = () => mount(SignIn, { attachTo: document.body })
type Page = ReturnType<typeof open>
const at = (page: Page, testid: string) => page.get(`[data-testid=${testid}]`)
const type = (page: Page, testid: string, text: string) => at(page, testid).setValue(text)

let day = 0

beforeEach(() => {
  vi.setSystemTime(++day * 86_400_000)
  document.body.innerHTML = ''
  sessionStorage.clear()
  session.value = aStranger()
  typed.way = 'password'
  typed.forget()
  here.query = new URLSearchParams()
  vi.mocked(replace).mockClear()
  vi.mocked(send).mockReset().mockResolvedValue(aSession())
  vi.mocked(sendWechat)
    .mockReset()
    .mockResolvedValue(aSession({ way: 'wechat' }))
})

describe('by user name', () => {
  it('says what is missing, goes there, and sends nothing', async () => {
    const page = open()
    await page.get('form').trigger('submit')
    expect(at(page, 'username-note').text()).toBe('请输入用户名')
    expect(at(page, 'password-note').text()).toBe('请输入密码')
    expect(document.activeElement?.id).toBe('username')
    expect(send).not.toHaveBeenCalled()
  })

  it('sends once, says so meanwhile, and goes back to where one was', async () => {
    here.query = new URLSearchParams('back=/fees')
    let answer: (session: Session) => void = () => {}
    vi.mocked(send).mockReturnValue(new Promise((resolve) => (answer = resolve)))
    const page = open()
    await type(page, 'username', ' 2024010123 ')
    await type(page, 'password', ' blanks count ')
    await page.get('form').trigger('submit')
    await page.get('form').trigger('submit')
    expect(at(page, 'sign-in').text()).toBe('正在登录…')
    expect(at(page, 'sign-in').attributes('disabled')).toBeDefined()
    expect(send).toHaveBeenCalledExactlyOnceWith({
      way: 'password',
      username: '2024010123',
      password: ' blanks count ',
    })
    answer(aSession())
    await flushPromises()
    expect(replace).toHaveBeenCalledExactlyOnceWith('/fees')
  })

  it('shows the sentence of a refusal and keeps what was typed', async () => {
    vi.mocked(send).mockRejectedValue(new Refusal('sign_in_failed', '账号或密码不正确', 401))
    const page = open()
    await type(page, 'username', '2024010123')
    await type(page, 'password', 'wrong')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(at(page, 'sign-in-problem').text()).toBe('账号或密码不正确')
    expect((at(page, 'username').element as HTMLInputElement).value).toBe('2024010123')
    expect(at(page, 'sign-in').attributes('disabled')).toBeUndefined()
  })

  it.each(['https://elsewhere.example/', '//elsewhere.example/', 'javascript:alert(1)'])(
    'does not go to %s',
    async (back) => {
      here.query = new URLSearchParams({ back })
      const page = open()
      await type(page, 'username', '2024010123')
      await type(page, 'password', 'x')
      await page.get('form').trigger('submit')
      await flushPromises()
      expect(replace).toHaveBeenCalledExactlyOnceWith('/')
    },
  )
})

describe('by ID number', () => {
  async function opened() {
    const page = open()
    await at(page, 'way-identity').trigger('change')
    return page
  }

  it.each([
    ['110105200603071238', ''],
    ['110105200603071239', '身份证号的校验位不符，请核对是否输错'],
    ['11010520060307123', '身份证号应为 18 位，请核对位数'],
    ['H01234567', ''],
  ])('%s: "%s"', async (number, hint) => {
    const page = await opened()
    await type(page, 'id_number', number)
    expect(at(page, 'id_number-note').text()).toBe(hint)
  })

  it('advises only: the number is sent as it is, tidied', async () => {
    const page = await opened()
    await type(page, 'id_number', '11010520060307123x')
    await type(page, 'name', ' 张晓同 ')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(send).toHaveBeenCalledWith({
      way: 'identity',
      id_number: '11010520060307123X',
      name: '张晓同',
    })
  })

  it('leaves nothing that was typed in storage', async () => {
    const page = await opened()
    await type(page, 'id_number', '110105200603071238')
    await type(page, 'name', '张晓同')
    const stored = JSON.stringify([{ ...sessionStorage }, { ...localStorage }])
    expect(stored).not.toMatch(/110105|张/)
  })
})

describe('by WeChat', () => {
  it('goes by itself where it is bound', async () => {
    session.value = aStranger({ can_sign_in: true })
    const page = open()
    await page.vm.$nextTick()
    expect(page.find('[data-testid=entering]').exists()).toBe(true)
    await flushPromises()
    expect(replace).toHaveBeenCalledExactlyOnceWith('/')
  })

  it('falls back to the form with a sentence', async () => {
    session.value = aStranger({ can_sign_in: true })
    vi.mocked(sendWechat).mockRejectedValue(new Refusal('busy', '当前访问人数较多', 503))
    const page = open()
    await flushPromises()
    expect(at(page, 'sign-in-problem').text()).toContain('当前访问人数较多')
    expect(page.find('[data-testid=username]').exists()).toBe(true)
  })

  it('does not go in circles when the session ends as soon as it began', async () => {
    session.value = aStranger({ can_sign_in: true })
    open()
    await flushPromises()
    expect(sendWechat).toHaveBeenCalledOnce()
    session.value = aStranger({ can_sign_in: true })
    const page = open()
    await flushPromises()
    expect(sendWechat).toHaveBeenCalledOnce()
    expect(page.find('[data-testid=sign-in-wechat]').exists()).toBe(true)
  })

  it('waits to be asked after signing out', async () => {
    sessionStorage.setItem('campus.left', 'yes')
    session.value = aStranger({ can_sign_in: true })
    const page = open()
    await flushPromises()
    expect(sendWechat).not.toHaveBeenCalled()
    await at(page, 'sign-in-wechat').trigger('click')
    await flushPromises()
    expect(replace).toHaveBeenCalledExactlyOnceWith('/')
  })
})
