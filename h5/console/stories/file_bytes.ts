/** The bytes of a file as base64, for a call that takes them in JSON. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await readBytes(file))
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

const readBytes = (file: Blob) =>
  new Promise<ArrayBuffer>((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as ArrayBuffer)
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'))
    reader.readAsArrayBuffer(file)
  })
