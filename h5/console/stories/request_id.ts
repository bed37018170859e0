// The name of one intent: the same wish sent again carries the same name, so that it is done once; another wish is
// another intent.
export function useRequestId() {
  let id = ''
  let last = ''
  return (wish: unknown): string => {
    const now = JSON.stringify(wish)
    if (now !== last || !id) id = newId()
    last = now
    return id
  }
}

/** 32 hexadecimal digits from the browser's own source; older ones have no randomUUID outside https. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
