// Asks again for as long as something is on its way that nobody here has begun.
import { onUnmounted, watch } from 'vue'
import { pause } from '../../shared/wait'

export function useAgain(wanted: () => boolean, ask: () => Promise<void>, everyMs = 3000): void {
  let gone = false
  let asking = false
  onUnmounted(() => (gone = true))
  watch(
    wanted,
    async () => {
      if (asking) return
      asking = true
      while (!gone && wanted()) {
        await pause(everyMs)
        if (!gone && wanted()) await ask()
      }
      asking = false
    },
    { immediate: true },
  )
}
