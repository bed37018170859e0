import { onMounted, onUnmounted } from 'vue'

/**
 * Runs the action whenever the user comes back to the page: from another window or app, from the
 * back/forward cache (iOS keeps the old page with its state), or from being offline.
 */
export function onReturn(action: () => void): void {
  const whenShown = (event: PageTransitionEvent) => event.persisted && action()
  const whenVisible = () => document.visibilityState === 'visible' && action()
  onMounted(() => {
    addEventListener('pageshow', whenShown)
    addEventListener('online', action)
    document.addEventListener('visibilitychange', whenVisible)
  })
  onUnmounted(() => {
    removeEventListener('pageshow', whenShown)
    removeEventListener('online', action)
    document.removeEventListener('visibilitychange', whenVisible)
  })
}
