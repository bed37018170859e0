// What the console is made of: the side bar, the tiles at home and the keys all come from this table.
// A block appears as soon as pages.ts has its page, to those whose role is named here.
import type { Operation, Role } from '../shared/api/console'
import type { GlyphName } from './parts/glyphs'

export interface Block {
  path: string
  title: string
  /** after "g" it leads here */
  key: string
  group: Group
  roles: readonly Role[]
  glyph: GlyphName
  /** what one does there, for the tile */
  about: string
  /** the call that the page cannot do without: its roles in the contract are the block's (a test compares) */
  reads?: Operation
}

export const groups = ['财务', '收费', '公众号', '系统'] as const
export type Group = (typeof groups)[number]

const all = ['admin', 'finance', 'auditor'] as const
const money = ['finance', 'auditor'] as const
const admin = ['admin'] as const
const watched = ['admin', 'auditor'] as const

export const home = { path: '/', title: '首页', key: 'h', glyph: 'home' } as const

export const blocks: readonly Block[] = [
  {
    ...{ path: '/orders', title: '订单查询', key: 'o', group: '财务', roles: money },
    ...{ glyph: 'orders', about: '查找订单，查看全过程，向微信核实' },
    reads: 'searchConsoleOrders',
  },
  {
    ...{ path: '/refunds', title: '退款管理', key: 'r', group: '财务', roles: money },
    ...{ glyph: 'back', about: '申请、复核退款，跟踪到账' },
    reads: 'searchConsoleRefunds',
  },
  {
    ...{ path: '/days', title: '日结对账', key: 'd', group: '财务', roles: money },
    ...{ glyph: 'day', about: '逐日核对，处理差异，结账' },
    reads: 'getDayCalendar',
  },
  {
    ...{ path: '/reports', title: '报表', key: 'b', group: '财务', roles: all },
    ...{ glyph: 'chart', about: '应收、实收、欠费，导出表格' },
    reads: 'reportFees',
  },
  {
    ...{ path: '/evidence', title: '凭据', key: 'e', group: '财务', roles: money },
    ...{ glyph: 'paper', about: '学生、订单或一天的全部凭据' },
  },
  {
    ...{ path: '/students', title: '学生', key: 's', group: '收费', roles: admin },
    ...{ glyph: 'me', about: '查找学生，修改资料，重置密码' },
  },
  {
    ...{ path: '/items', title: '收费项目', key: 'i', group: '收费', roles: admin },
    ...{ glyph: 'items', about: '项目、标准、减免与缓缴' },
  },
  {
    ...{ path: '/imports', title: '数据导入', key: 'm', group: '收费', roles: admin },
    ...{ glyph: 'upload', about: '导入表格，逐行核对差异' },
  },
  {
    ...{ path: '/rules', title: '规则试算', key: 't', group: '收费', roles: admin },
    ...{ glyph: 'bench', about: '调整标准前先看影响' },
  },
  {
    ...{ path: '/menus', title: '公众号菜单', key: 'w', group: '公众号', roles: admin },
    ...{ glyph: 'phone', about: '编辑、预览、发布菜单' },
  },
  {
    ...{ path: '/replies', title: '自动回复', key: 'a', group: '公众号', roles: admin },
    ...{ glyph: 'chat', about: '关注回复与关键词回复' },
  },
  {
    ...{ path: '/operators', title: '操作员', key: 'p', group: '系统', roles: watched },
    ...{ glyph: 'people', about: '账号、岗位、登录会话' },
    reads: 'listOperators',
  },
  {
    ...{ path: '/audit', title: '审计', key: 'u', group: '系统', roles: watched },
    ...{ glyph: 'shield', about: '谁做了什么，记录是否完整' },
    reads: 'searchAudit',
  },
  {
    ...{ path: '/doctor', title: '系统检查', key: 'c', group: '系统', roles: admin },
    ...{ glyph: 'pulse', about: '配置、证书、连通性' },
  },
  {
    ...{ path: '/jobs', title: '我的任务', key: 'j', group: '系统', roles: all },
    ...{ glyph: 'jobs', about: '导出与对账的进度，下载文件' },
    reads: 'listJobs',
  },
  {
    ...{ path: '/me', title: '我的账号', key: 'n', group: '系统', roles: all },
    ...{ glyph: 'key', about: '修改密码，更换验证器，登录会话' },
    reads: 'listOwnConsoleSessions',
  },
]
