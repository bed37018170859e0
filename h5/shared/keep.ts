// Small things that a tab or a phone keeps. Storage may be switched off: then memory has to do.
// Nothing personal goes in here: bill ids, order numbers and yes or no only.

interface Kept {
  read(): string | null
  write(text: string): void
  clear(): void
}

function keptIn(storage: () => Storage, key: string): Kept {
  let memory: string | null = null
  const attempt = <T>(action: () => T, otherwise: T): T => {
    try {
      return action()
    } catch {
      return otherwise
    }
  }
  return {
    read: () => attempt(() => storage().getItem(key), memory),
    write(text) {
      memory = text
      attempt(() => storage().setItem(key, text), undefined)
    },
    clear() {
      memory = null
      attempt(() => storage().removeItem(key), undefined)
    },
  }
}

/** Lives as long as the tab, through reloads. */
export const keptInTab = (key: string) => keptIn(() => sessionStorage, `campus.${key}`)

/** Lives as long as the phone keeps it. */
export const keptOnPhone = (key: string) => keptIn(() => localStorage, `campus.${key}`)
