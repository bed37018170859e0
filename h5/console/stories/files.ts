// What may be dropped on the page.
export interface FileRule {
  /** ".xlsx" */
  endings: readonly string[]
  maxBytes: number
}

const mebibyte = 1024 * 1024

/** "3.2 MB" without floating surprises: one place, cut off. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < mebibyte) return `${Math.floor(bytes / 1024)} KB`
  return `${Math.floor((bytes * 10) / mebibyte) / 10} MB`
}

/** A sentence for a file that is not wanted, else empty. */
export function fileFault(file: { name: string; size: number }, rule: FileRule): string {
  const name = file.name.toLowerCase()
  if (!rule.endings.some((ending) => name.endsWith(ending)))
    return `请选择 ${rule.endings.join('、')} 文件`
  if (file.size === 0) return '文件是空的，请重新选择'
  if (file.size > rule.maxBytes) return `文件超过 ${sizeText(rule.maxBytes)}，请拆分后重试`
  return ''
}
