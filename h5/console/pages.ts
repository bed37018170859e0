// Every page of the console. A block is fetched when it is opened; the way in is here from the start.
import { later } from '../shared/parts/later'
import type { Page } from '../shared/route'
import Home from './pages/Home.vue'
import SignIn from './pages/SignIn.vue'

export const pages: Record<string, Page> = {
  '/sign-in': { component: SignIn, title: '登录', open: true },
  '/setup': { component: later(() => import('./pages/setup'), 'Setup'), title: '首次登录' },
  '/': { component: Home, title: '首页' },
  '/orders': { component: later(() => import('./pages/orders'), 'Orders'), title: '订单查询' },
  '/refunds': { component: later(() => import('./pages/refunds'), 'Refunds'), title: '退款管理' },
  '/operators': {
    component: later(() => import('./pages/operators'), 'Operators'),
    title: '操作员',
  },
  '/audit': { component: later(() => import('./pages/audit'), 'Audit'), title: '审计' },
  '/days': { component: later(() => import('./pages/days'), 'Days'), title: '日结对账' },
  '/reports': { component: later(() => import('./pages/reports'), 'Reports'), title: '报表' },
  '/jobs': { component: later(() => import('./pages/jobs'), 'Jobs'), title: '我的任务' },
  '/me': { component: later(() => import('./pages/me'), 'Me'), title: '我的账号' },
}
