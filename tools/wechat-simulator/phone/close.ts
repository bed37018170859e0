// Leaving the in-app browser from a page of WeChat's own.
(() => {
  const leave = (): void => (window as unknown as { WeixinJSBridge: { call: (api: string) => void } }).WeixinJSBridge.call('closeWindow');
  if ('WeixinJSBridge' in window) leave();
  else document.addEventListener('WeixinJSBridgeReady', leave);
})();
