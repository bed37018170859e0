import { beforeEach, describe, expect, it, vi } from 'vitest'
import { aSession, aStranger } from '../../dev/samples'
import {
  getSession,
  signIn as send,
  signInByWechat as sendWechat,
  signOut as sendOut,
} from '../api/session'
import { getSite } from '../api/site'

vi.mock('../api/session')
vi.mock('../api/site')

async function fresh() {
  vi.resetModules()
  const story = await import('./session')
  const intent = await import('./intent')
  const cache = await import('./cache')
  return { ...story, ...intent, ...cache }
}

const how = { way: 'password', username: '2024010123', password: 'x' } as const
const another = aSession({ student: { student_no: '2', name: '李*', id_number: '1*' } })

beforeEach(() => {
  sessionStorage.clear()
  localStorage.clear()
  vi.mocked(getSite).mockResolvedValue({
    school: '某某学院',
    platform: '平台',
    account_name: '号',
    password_recovery: true,
  })
  vi.mocked(getSession).mockResolvedValue(aStranger())
  vi.mocked(send).mockResolvedValue(aSession())
  vi.mocked(sendWechat).mockResolvedValue(aSession({ way: 'wechat' }))
  vi.mocked(sendOut).mockResolvedValue(aStranger({ can_sign_in: true }))
})

describe('the beginning', () => {
  it('says why it failed and goes on when asked again', async () => {
    const it = await fresh()
    vi.mocked(getSession).mockRejectedValueOnce(new Error('x'))
    const booted = vi.fn()
    void it.whenBooted().then(booted)
    await vi.waitFor(() => expect(it.bootProblem.value).toBe('页面出现异常，请重试'))
    expect(booted).not.toHaveBeenCalled()
    await it.boot()
    await vi.waitFor(() => expect(booted).toHaveBeenCalled())
  })

  it('does not fail for want of a school name', async () => {
    const it = await fresh()
    vi.mocked(getSite).mockRejectedValue(new Error('x'))
    await it.whenBooted()
    expect(it.session.value).toEqual(aStranger())
  })
})

describe('WeChat signs in by itself', () => {
  it('where it is bound', async () => {
    const it = await fresh()
    vi.mocked(getSession).mockResolvedValue(aStranger({ can_sign_in: true }))
    await it.whenBooted()
    expect(it.mayEnterByItself()).toBe(true)
  })

  it('but not after the user has signed out, until the next sign-in', async () => {
    const it = await fresh()
    await it.whenBooted()
    await it.signIn(how)
    await it.signOut()
    expect(it.session.value?.wechat.can_sign_in).toBe(true)
    expect(it.mayEnterByItself()).toBe(false)
    await it.signInByWechat()
    await it.sessionEnded()
    vi.mocked(getSession).mockResolvedValue(aStranger({ can_sign_in: true }))
    await it.refreshSession()
    expect(it.mayEnterByItself()).toBe(true)
  })
})

describe('one student after another on the same phone', () => {
  it('sees nothing of the one before', async () => {
    const it = await fresh()
    await it.whenBooted()
    await it.signIn(how)
    it.keepRead('bills', 'of the first')
    it.intendToPay(['1'], 100)
    vi.mocked(getSession).mockResolvedValue(another)
    await it.refreshSession()
    expect(it.lastRead('bills')).toBeUndefined()
    expect(it.presentIntent()).toBeUndefined()
  })

  it('while the same one, back after the session ran out, goes on where he was', async () => {
    const it = await fresh()
    await it.whenBooted()
    await it.signIn(how)
    const wish = it.intendToPay(['1'], 100)
    await it.sessionEnded()
    expect(it.signedIn.value).toBe(false)
    await it.signIn(how)
    expect(it.presentIntent()).toEqual(wish)
  })
})

describe('the offer to bind', () => {
  it('is made after a password and kept away once declined, on this phone', async () => {
    const it = await fresh()
    await it.whenBooted()
    expect(it.offerBinding.value).toBe(false)
    await it.signIn(how)
    expect(it.offerBinding.value).toBe(true)
    it.declineBinding()
    expect(it.offerBinding.value).toBe(false)
    const later = await fresh()
    await later.signIn(how)
    expect(later.offerBinding.value).toBe(false)
  })

  it('is not made after ID number and name', async () => {
    const it = await fresh()
    vi.mocked(send).mockResolvedValue(aSession({ way: 'identity', level: 'identity' }))
    await it.signIn({ way: 'identity', id_number: '1', name: '张' })
    expect(it.offerBinding.value).toBe(false)
  })
})
