import type { Role } from '../../shared/api/console'

export const roleWord: Record<Role, string> = {
  admin: '管理员',
  finance: '财务',
  auditor: '审计',
}

/** "全部学院", or the colleges by name */
export const scopeText = (colleges: readonly string[]): string =>
  colleges.length === 0 ? '全部学院' : colleges.join('、')
