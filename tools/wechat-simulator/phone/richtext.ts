// Text of an account: only <a> is understood, everything else is shown as it is written.
import { h } from './dom.js';
import { browser } from './browser.js';
import { store } from './store.js';
import { toast } from './overlay.js';

const LINK = /<a\s+([^>]*)>([\s\S]*?)<\/a>/gi;

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** weixin://bizmsgmenu sends its text back, as a tap on a customer-service menu does. */
function follow(href: string): void {
  const back = /^weixin:\/\/bizmsgmenu\?.*msgmenucontent=([^&]+)/.exec(href);
  if (back) void store.control('text?wait=0', { content: decodeURIComponent(back[1] ?? '') }).catch((error: Error) => toast(error.message));
  else browser.open(href);
}

export function richText(text: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(document.createTextNode(unescape(text.slice(at, match.index))));
    const href = unescape(/href\s*=\s*["']([^"']+)["']/i.exec(match[1] ?? '')?.[1] ?? '');
    nodes.push(h('a', { className: 'link', testid: 'message-link', href: '#', on: { click: (event: Event) => { event.preventDefault(); if (href) follow(href); } } }, unescape(match[2] ?? '')));
    at = (match.index ?? 0) + match[0].length;
  }
  nodes.push(document.createTextNode(unescape(text.slice(at))));
  return nodes;
}
