// Words for what stands in the audit. An action that has none here is shown as it is written: nothing is hidden.
import type { AuditRow, AuditWanted } from '../../shared/api/audit'
import type { Wanted } from './filter'

const words: Record<string, string> = {
  'console.sign_in': '登录控制台',
  'console.sign_out': '退出控制台',
  'console.setup': '首次设置密码与动态口令',
  'console.change_password': '修改本人密码',
  'console.new_authenticator': '更换动态口令',
  'console.prove': '核对本人身份',
  'console.end_session': '结束一次登录',
  'operator.add': '添加操作员',
  'operator.change': '修改操作员',
  'operator.reset': '重置操作员',
  'operator.disable': '停用操作员',
  'operator.enable': '启用操作员',
  'operator.sign_out': '操作员全部下线',
  'audit.verify': '校验审计链',
  'refund.ask': '申请退款',
  'refund.release': '复核放行退款',
  'refund.reject': '驳回退款',
  'refund.send_again': '重新发送退款',
  'refund.give_up': '放弃退款',
  'refund.platform': '登记平台退款',
  'reconcile.fix': '处理对账差异',
  'reconcile.explain': '说明对账差异',
  'reconcile.close': '关账',
  sign_in: '学生登录',
  sign_out: '学生退出',
  bind_wechat: '绑定微信',
  unbind_wechat: '解绑微信',
  set_first_password: '设置初始密码',
  change_password: '学生修改密码',
  change_security: '学生修改密保',
  change_profile: '修改个人信息',
  change_bank_card: '修改银行卡',
  begin_recovery: '开始找回密码',
  answer_recovery: '回答密保问题',
  confirm_recovery: '微信确认找回',
  finish_recovery: '完成找回密码',
  cancel_order: '取消订单',
  cancel_sign_up: '取消报名',
  publish_menu: '发布公众号菜单',
  retry_message: '重发消息',
}

export const actionWord = (action: string): string => words[action] ?? action

/** What one chooses from: whole families first, then what students do. */
export const actionOptions: (readonly [string, string])[] = [
  ['console.', '控制台登录与本人账号'],
  ['operator.', '操作员管理'],
  ['refund.', '退款'],
  ['reconcile.', '对账'],
  ...Object.entries(words).filter(([action]) => !action.includes('.')),
]

const kinds: Record<string, string> = {
  operator: '操作员',
  student: '学生',
  command: '命令行',
  wechat: '微信',
}

/** The display name of an operator, else what kind of actor it was and its number. */
export function actorText({ actor, actor_name }: AuditRow): string {
  if (actor_name) return actor_name
  if (!actor) return '未登录'
  const at = actor.indexOf(':')
  const kind = at < 0 ? actor : actor.slice(0, at)
  const word = kinds[kind]
  if (!word) return actor
  return at < 0 ? word : `${word} ${actor.slice(at + 1)}`
}

/** Rows from before the chain have no number; of those, two alike in everything are one. */
export const rowKey = (row: AuditRow): string =>
  row.number !== undefined
    ? String(row.number)
    : [row.at, row.actor, row.action, row.object, row.result].join('~')

export function auditQuery(wanted: Wanted, before: string | undefined): AuditWanted {
  return { ...wanted, ...(before === undefined ? {} : { before }) }
}
