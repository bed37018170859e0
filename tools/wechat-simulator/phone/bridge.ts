// WeixinJSBridge inside the page. The three texts below are filled in when the script is served.
(() => {
  const shell = '__SHELL__';
  const delay = Number('__DELAY__');
  // The page hears the name that the server hears: many pages look nothing but this up.
  Object.defineProperty(navigator, 'userAgent', { value: '__AGENT__' });
  type Done = (result: Record<string, unknown>) => void;
  type Page = Window & { WeixinJSBridge?: object };
  const waiting = new Map<number, Done>();
  const handlers = new Map<string, Done>();
  let count = 0;

  const post = (message: object): void => {
    if (window.parent !== window) window.parent.postMessage({ wx: true, href: location.href, ...message }, shell);
  };

  const bridge = {
    invoke(api: string, params?: Record<string, unknown>, done?: Done): void {
      count += 1;
      if (done) waiting.set(count, done);
      // Outside of the phone there is nobody to ask.
      if (window.parent === window) return done?.({ err_msg: `${api}:fail`, err_desc: 'system:access_denied' });
      post({ type: 'invoke', id: count, api, params: JSON.parse(JSON.stringify(params ?? {})) as object });
    },
    call(api: string, params?: Record<string, unknown>): void {
      bridge.invoke(api, params);
    },
    on(event: string, handler: Done): void {
      handlers.set(event, handler);
    },
    log(): void { /* WeChat has it; it does nothing for a page. */ },
  };

  window.addEventListener('message', (event: MessageEvent<{ wx?: boolean; type?: string; id?: number; theme?: string; result?: Record<string, unknown> }>) => {
    if (event.origin !== shell || event.source !== window.parent || event.data?.wx !== true) return;
    if (event.data.type === 'back') history.back();
    if (event.data.type === 'reload') location.reload();
    if (event.data.type === 'theme') {
      window.name = event.data.theme ?? '';
      dress();
    }
    if (event.data.type !== 'result' || event.data.id === undefined) return;
    const done = waiting.get(event.data.id);
    waiting.delete(event.data.id);
    done?.(event.data.result ?? {});
  });

  // A frame asks the desk's colours and not the phone's, so the page's questions about them are answered here.
  const asked: [CSSMediaRule, string][] = [];
  const seen = new Set<CSSStyleSheet>();
  const dress = (): void => {
    for (const sheet of document.styleSheets) {
      if (seen.has(sheet)) continue;
      seen.add(sheet);
      try {
        for (const rule of sheet.cssRules) if (rule instanceof CSSMediaRule) asked.push([rule, rule.media.mediaText]);
      } catch { /* another origin's sheet keeps its own answer */ }
    }
    for (const [rule, text] of asked) {
      rule.media.mediaText = text.replace(/\(prefers-color-scheme: (dark|light)\)/g, (_all, name) => (window.name === `wx-${String(name)}` ? '(min-width: 0px)' : '(max-width: 0px)'));
    }
  };
  if (/^wx-/.test(window.name)) {
    document.addEventListener('load', dress, true);
    document.addEventListener('DOMContentLoaded', dress);
  }

  const arrive = (): void => {
    (window as Page).WeixinJSBridge = bridge;
    document.dispatchEvent(new Event('WeixinJSBridgeReady'));
  };
  if (delay <= 0) arrive();
  else setTimeout(arrive, delay);

  let last = '';
  const tell = (): void => {
    const steps = (window as unknown as { navigation?: { canGoBack: boolean } }).navigation;
    const now = `${location.href}\n${document.title}\n${String(steps?.canGoBack)}`;
    if (now === last) return;
    last = now;
    post({ type: 'page', title: document.title, back: steps?.canGoBack });
  };
  document.addEventListener('DOMContentLoaded', () => {
    tell();
    new MutationObserver(tell).observe(document.head, { subtree: true, childList: true, characterData: true });
  });
  window.addEventListener('pageshow', () => { last = ''; tell(); });
  setInterval(tell, 300);
})();
