// Words for operators and their sessions.
import type { SessionRow } from '../../shared/api/console'
import type { Operator } from '../../shared/api/operators'
import type { Tone } from './tones'
import type { Wanted } from './filter'

export const stateWord: Record<Operator['state'], { word: string; tone: Tone }> = {
  ready: { word: '正常', tone: 'good' },
  setup: { word: '待首次登录', tone: 'wait' },
  disabled: { word: '已停用', tone: 'plain' },
}

const endedBy: Record<NonNullable<SessionRow['ended_by']>, string> = {
  oneself: '本人退出',
  admin: '被管理员下线',
  new_secrets: '密码或验证器已更换',
  disabled: '账号已停用',
  idle: '长时间未操作',
  age: '超过最长时间',
}

export function sessionWord(row: SessionRow): { word: string; tone: Tone } {
  if (row.own) return { word: '本次登录', tone: 'brand' }
  if (row.ended_at === undefined) return { word: '在线', tone: 'good' }
  return { word: row.ended_by ? endedBy[row.ended_by] : '已结束', tone: 'plain' }
}

/** Whether the operator is among those who are looked for; the whole list is at hand. */
export function isWanted(operator: Operator, { text, role, state }: Wanted): boolean {
  if (role && operator.role !== role) return false
  if (state && operator.state !== state) return false
  if (!text) return true
  const part = text.toLowerCase()
  const { name, display_name, colleges } = operator
  return [name, display_name, ...colleges].some((one) => one.toLowerCase().includes(part))
}

/** What is wrong with a login name; the server decides. */
export const nameFault = (name: string): string => {
  if (!name.trim()) return '请输入登录名'
  return /^[a-z][a-z0-9.-]{1,31}$/.test(name.trim())
    ? ''
    : '以小写字母开头，可含小写字母、数字、点和短横，2 至 32 位'
}
