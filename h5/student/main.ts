import { createApp } from 'vue'
import { onSignedOut } from '../shared/api/client'
import { titleIsShown } from '../shared/wx/where'
import App from './App.vue'
import { router } from './router'
import { sessionEnded } from './stories/session'
import '../shared/styles/tokens.css'
import '../shared/styles/base.css'
import './styles.css'

onSignedOut(async () => {
  await sessionEnded()
  const here = router.currentRoute.value
  if (here.meta.open) return
  await router.replace({ path: '/sign-in', query: { back: here.fullPath } })
})

if (titleIsShown()) document.documentElement.classList.add('title-is-shown')
createApp(App).use(router).mount('#app')
