// 扫一扫: a picture with a code, or the text of one, since a desk has no camera.
import { h, icons } from './dom.js';
import { browser } from './browser.js';
import { payByCode } from './cashier.js';
import { nav } from './nav.js';
import { dialog, place } from './overlay.js';
import { CallError, post, store } from './store.js';

declare const jsQR: (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;

const LONGEST_SIDE = 1600;

async function readImage(file: File): Promise<string | undefined> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = h('canvas', { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  // A transparent picture must not turn black on black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  return jsQR(data, width, height)?.data;
}

interface Meaning {
  pay?: { code_url: string; merchant: string; total: number; description: string; out_trade_no: string };
  open?: string;
  push?: object;
  text?: string;
}

async function act(text: string): Promise<void> {
  const meaning = await post<Meaning>('/phone/scan', { openid: store.state.user.openid, text });
  if (meaning.pay) await payByCode(meaning.pay);
  else if (meaning.open) browser.open(meaning.open);
  else if (meaning.push) nav.replace('chat');
  else await dialog('扫描结果', meaning.text ?? '');
}

/** Shows the scanner; answers the text, or undefined when it was left. */
function capture(): Promise<string | undefined> {
  return new Promise((done) => {
    const error = h('p', { className: 'error', testid: 'scan-error', hidden: true, role: 'alert' });
    const input = h('input', { type: 'text', testid: 'scan-input', placeholder: '粘贴二维码内容', 'aria-label': '二维码内容', autocomplete: 'off' });
    const end = (text?: string): void => {
      remove();
      document.removeEventListener('paste', pasted);
      done(text);
    };
    const problem = (text: string): void => {
      error.textContent = text;
      error.hidden = false;
    };
    const image = async (file: File | null | undefined): Promise<void> => {
      if (!file) return;
      const found = await readImage(file).catch(() => undefined);
      if (found) end(found);
      else problem('未发现二维码');
    };
    const pasted = (event: ClipboardEvent): void => {
      const file = [...(event.clipboardData?.files ?? [])].find((f) => f.type.startsWith('image/'));
      if (file) void image(file);
    };
    const picture = h('input', { type: 'file', accept: 'image/*', testid: 'scan-file', 'aria-label': '从相册选择' });
    picture.addEventListener('change', () => void image(picture.files?.[0]));
    const submit = (): void => (input.value.trim() === '' ? problem('请输入二维码内容') : end(input.value.trim()));
    input.addEventListener('keydown', (event) => { if (event.key === 'Enter') submit(); });
    const screen = h('div', { className: 'scanner', testid: 'scanner' },
      h('header', {}, h('button', { testid: 'scan-close', 'aria-label': '关闭', html: icons.close, on: { click: () => end() } }), h('span', {}, '扫一扫'), h('span')),
      h('div', { className: 'window' }, h('i', { className: 'beam' }), h('b'), h('b'), h('b'), h('b')),
      h('p', { className: 'tip' }, '拖入、粘贴或选择二维码图片'),
      h('div', { className: 'tools' }, h('label', { className: 'album' }, h('i', { className: 'icon', html: icons.scan }), '相册', picture),
        h('div', { className: 'paste' }, input, h('button', { testid: 'scan-submit', on: { click: submit } }, '识别'))), error);
    screen.addEventListener('dragover', (event) => event.preventDefault());
    screen.addEventListener('drop', (event) => { event.preventDefault(); void image(event.dataTransfer?.files[0]); });
    document.addEventListener('paste', pasted);
    const remove = place(screen);
    input.focus();
  });
}

export const scanner = {
  open: (): void => {
    void capture().then(async (text) => {
      if (text === undefined) return;
      await act(text).catch((error: Error) => dialog(error instanceof CallError ? '' : '出错了', error.message));
    });
  },
  /** For a page that asked through the bridge. */
  ask: async (): Promise<Record<string, unknown>> => {
    const text = await capture();
    return text === undefined ? { err_msg: 'scanQRCode:cancel' } : { err_msg: 'scanQRCode:ok', resultStr: text };
  },
};
