// Toasts, dialogs and sheets above everything in the phone.
import { h } from './dom.js';

const layer = (): HTMLElement => document.getElementById('overlays') as HTMLElement;

export function toast(text: string, ms = 1800): void {
  layer().querySelector('.toast')?.remove();
  const box = h('div', { className: 'toast', testid: 'toast', role: 'status' }, text);
  layer().append(box);
  setTimeout(() => box.remove(), ms);
}

export function dialog(title: string, text: string, ok = '我知道了', cancel?: string): Promise<boolean> {
  return new Promise((done) => {
    const end = (value: boolean): void => {
      mask.remove();
      done(value);
    };
    const mask = h('div', { className: 'mask center' },
      h('div', { className: 'dialog', testid: 'dialog', role: 'dialog' },
        title ? h('strong', {}, title) : null,
        h('p', {}, text),
        h('div', { className: 'actions' },
          cancel ? h('button', { testid: 'confirm-cancel', on: { click: () => end(false) } }, cancel) : null,
          h('button', { className: 'main', testid: cancel ? 'confirm-ok' : 'dialog-ok', on: { click: () => end(true) } }, ok))));
    layer().append(mask);
  });
}

export interface Choice { label: string; testid?: string; run: () => void; tone?: 'red' }

/** A list from the bottom; choosing or tapping outside closes it. */
export function sheet(choices: Choice[], testid = '', title = ''): void {
  const close = (): void => mask.remove();
  const mask = h('div', { className: 'mask bottom', on: { click: (event: Event) => { if (event.target === mask) close(); } } },
    h('div', { className: 'sheet', testid },
      title ? h('p', { className: 'sheet-title' }, title) : null,
      ...choices.map((choice) => h('button', {
        testid: choice.testid, className: choice.tone ?? '', on: { click: () => { close(); choice.run(); } },
      }, choice.label)),
      h('button', { className: 'cancel', on: { click: close } }, '取消')));
  layer().append(mask);
}

export function place(element: HTMLElement): () => void {
  layer().append(element);
  return () => element.remove();
}
