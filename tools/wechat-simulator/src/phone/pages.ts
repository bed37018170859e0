// Small pages that WeChat itself shows inside the in-app browser.
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export function page(title: string, body: string): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escape(title)}</title><link rel="stylesheet" href="/__wx/inner.css"><script src="/__wx/bridge.js"></script></head><body>${body}</body></html>`;
}

export function messagePage(message: string, detail: string): string {
  return page('提示', `<div class="message" data-testid="wx-message"><i class="sign">!</i><p>${escape(message)}</p><small>${escape(detail)}</small></div>`);
}
