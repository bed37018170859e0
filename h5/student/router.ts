import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import Confirm from './pages/Confirm.vue'
import Fees from './pages/Fees.vue'
import Home from './pages/Home.vue'
import Me from './pages/Me.vue'
import OneOrder from './pages/OneOrder.vue'
import Orders from './pages/Orders.vue'
import Paid from './pages/Paid.vue'
import Result from './pages/Result.vue'
import SignIn from './pages/SignIn.vue'
import { closeSheets } from './parts/sheets'
import { signedIn, whenBooted } from './stories/session'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    /** may be seen without being signed in */
    open?: boolean
  }
}

// Every page that pays lies directly in /h5/, because WeChat compares the payment directory.
const routes: RouteRecordRaw[] = [
  { path: '/sign-in', component: SignIn, meta: { title: '登录', open: true } },
  { path: '/', component: Home, meta: { title: '校园缴费' } },
  { path: '/fees', component: Fees, meta: { title: '学费缴费' } },
  { path: '/confirm', component: Confirm, meta: { title: '确认支付' } },
  { path: '/result', component: Result, meta: { title: '支付结果' } },
  { path: '/orders', component: Orders, meta: { title: '订单查询' } },
  { path: '/order', component: OneOrder, meta: { title: '订单详情' } },
  { path: '/paid', component: Paid, meta: { title: '已缴费查询' } },
  { path: '/me', component: Me, meta: { title: '个人信息' } },
  { path: '/:anything(.*)', redirect: '/' },
]

// Registered before the router's own listener, so that the guard knows Back from a link.
let cameBack = false
addEventListener('popstate', () => (cameBack = true))

export const router = createRouter({
  history: createWebHistory('/h5/'),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { left: 0, top: 0 },
})

router.beforeEach(async (to) => {
  const back = cameBack
  cameBack = false
  // Android's Back first closes what lies over the page, and only that.
  if (closeSheets() && back) return false
  await whenBooted()
  if (!to.meta.open && !signedIn.value) {
    return {
      path: '/sign-in',
      query: to.fullPath === '/' ? {} : { back: to.fullPath },
      replace: true,
    }
  }
  return true
})

router.afterEach((to) => {
  document.title = to.meta.title ?? '校园缴费'
})
