// WeixinJSBridge inside the page. The two texts below are filled in when the script is served.
(() => {
  const shell = '__SHELL__';
  const delay = Number('__DELAY__');
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

  window.addEventListener('message', (event: MessageEvent<{ wx?: boolean; type?: string; id?: number; result?: Record<string, unknown> }>) => {
    if (event.origin !== shell || event.source !== window.parent || event.data?.wx !== true) return;
    if (event.data.type === 'back') history.back();
    if (event.data.type === 'reload') location.reload();
    if (event.data.type !== 'result' || event.data.id === undefined) return;
    const done = waiting.get(event.data.id);
    waiting.delete(event.data.id);
    done?.(event.data.result ?? {});
  });

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
