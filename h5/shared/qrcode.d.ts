// The one function that is used of the package; its own types name a page's canvas and a server's files.
declare module 'qrcode/lib/core/qrcode.js' {
  interface Code {
    modules: { size: number; data: Uint8Array }
  }
  export function create(
    text: string,
    options: { errorCorrectionLevel: 'L' | 'M' | 'Q' | 'H' },
  ): Code
}
