// Building elements in a few words, and the pictures that are drawn with lines.
type Child = Node | string | null | undefined | false;
type Props = Record<string, unknown>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: (Child | Child[])[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'on') for (const [event, run] of Object.entries(value as Record<string, EventListener>)) element.addEventListener(event, run);
    else if (name === 'html') element.innerHTML = String(value);
    else if (name in element && !name.includes('-') && name !== 'list') (element as unknown as Props)[name] = value;
    else element.setAttribute(name === 'testid' ? 'data-testid' : name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

const svg = (body: string, size = 24): string =>
  `<svg viewBox="0 0 24 24" width="${size}" height="${size}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`;

export const icons = {
  back: svg('<path d="M15 4 7 12l8 8"/>'),
  close: svg('<path d="m5 5 14 14M19 5 5 19"/>'),
  more: svg('<circle cx="5" cy="12" r="1.6" fill="currentColor"/><circle cx="12" cy="12" r="1.6" fill="currentColor"/><circle cx="19" cy="12" r="1.6" fill="currentColor"/>'),
  search: svg('<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>'),
  scan: svg('<path d="M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M3 12h18"/>'),
  person: svg('<circle cx="12" cy="8" r="4"/><path d="M4.5 20c.8-4 4-6 7.500-6s6.700 2 7.500 6"/>'),
  keyboard: svg('<rect x="2.500" y="6" width="19" height="12.500" rx="2"/><path d="M6 10h.01M9 10h.01M12 10h.01M15 10h.01M18 10h.01M6 13h.01M18 13h.01M8.500 15.500h7"/>', 26),
  menu: svg('<path d="M5 7h14M5 12h14M5 17h14"/>', 26),
  lines: svg('<path d="M5 8h14M5 12h14M5 16h14" stroke-width="2"/>', 12),
  chat: svg('<path d="M12 4c5 0 9 3.200 9 7.200s-4 7.200-9 7.200c-1 0-2-.1-2.900-.4L5 20l.9-3.200C4.100 15.500 3 13.500 3 11.200 3 7.200 7 4 12 4Z"/>', 26),
  book: svg('<circle cx="10" cy="8" r="4"/><path d="M3 20c.6-4 3.500-6 7-6 1.500 0 3 .4 4 1M17 12h4M17 16h4M17 20h4"/>', 26),
  compass: svg('<circle cx="12" cy="12" r="9"/><path d="m15.500 8.500-2 5-5 2 2-5z"/>', 26),
  me: svg('<circle cx="12" cy="8" r="4"/><path d="M4.500 20.500c.8-4.300 4-6.500 7.500-6.500s6.700 2.200 7.500 6.500z"/>', 26),
  sun: svg('<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16Z" fill="currentColor"/>', 17),
  erase: svg('<path d="M8.500 5.500H21v13H8.500L3 12z"/><path d="m12 9.500 5 5M17 9.500l-5 5"/>', 28),
  right: svg('<path d="m9 5 7 7-7 7"/>', 16),
  check: svg('<path d="m5 12.500 4.500 4.500L19 7.500" stroke-width="2.400"/>', 24),
  sliders: svg('<path d="M4 8h9M18 8h2M4 16h2M11 16h9"/><circle cx="15.500" cy="8" r="2.300"/><circle cx="8.500" cy="16" r="2.300"/>', 20),
  page: svg('<path d="M6 3.500h8l4 4v13H6z"/><path d="M14 3.500v4h4M9 12h6M9 15.500h6"/>'),
  signal: '<svg viewBox="0 0 18 12" width="18" height="12" fill="currentColor" aria-hidden="true"><rect x="0" y="8" width="3" height="4" rx="1"/><rect x="5" y="5.500" width="3" height="6.500" rx="1"/><rect x="10" y="3" width="3" height="9" rx="1"/><rect x="15" y="0" width="3" height="12" rx="1"/></svg>',
  battery: '<svg viewBox="0 0 27 13" width="27" height="13" fill="none" aria-hidden="true"><rect x=".5" y=".5" width="23" height="12" rx="3.500" stroke="currentColor" opacity=".4"/><rect x="2" y="2" width="20" height="9" rx="2.200" fill="currentColor"/><path d="M25 4.500v4c.8-.3 1.400-1.100 1.400-2s-.6-1.700-1.400-2Z" fill="currentColor" opacity=".5"/></svg>',
};

export const icon = (name: keyof typeof icons, cls = ''): HTMLElement => h('i', { className: `icon ${cls}`, html: icons[name] });

export function avatar(kind: 'user' | 'account' | 'pay', label: string, tone = 0): HTMLElement {
  if (kind === 'pay') return h('span', { className: 'avatar pay', html: icons.check });
  if (kind === 'account') return h('span', { className: 'avatar account' }, h('b', {}, label.slice(0, 1) || '校'));
  return h('span', { className: `avatar tone${tone}` }, label.slice(0, 1));
}

export const yuan = (fen: number): string => (fen / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** 10880.50 → 10,880.50 */
export const grouped = (text: unknown): string => String(text ?? '').replace(/\B(?=(\d{3})+(?!\d))/g, ',');
const two = (n: number): string => String(n).padStart(2, '0');

/** Beijing's wall clock, whatever the machine's. */
function parts(ms: number): Date {
  return new Date(ms + 8 * 3600_000);
}
export function clock(ms: number): string {
  const d = parts(ms);
  return `${d.getUTCHours()}:${two(d.getUTCMinutes())}`;
}
export function day(ms: number, now: number): string {
  const [d, n] = [parts(ms), parts(now)];
  if (d.toISOString().slice(0, 10) === n.toISOString().slice(0, 10)) return clock(ms);
  return `${d.getUTCMonth() + 1}月${d.getUTCDate()}日 ${clock(ms)}`;
}
export function full(ms: number): string {
  const d = parts(ms);
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}
