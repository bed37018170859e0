// The phone's built files, read once; the bridge gets its settings filled in.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { json, type Answer } from '../kit/http.js';
import { USER_AGENT } from './rewrite.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'page');
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', png: 'image/png',
};

export function file(name: string, headers: Record<string, string> = {}): Answer {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (!/^[a-z0-9-]+\.[a-z]+$/.test(name) || type === undefined) return json({ error: 'not found' }, 404);
  try {
    return { status: 200, headers: { 'Content-Type': type, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff', ...headers }, body: readFileSync(join(FOLDER, name)) };
  } catch {
    return json({ error: 'not found' }, 404);
  }
}

export function bridgeScript(shell: string, delayMs: number): Answer {
  const answer = file('bridge.js', { 'Cache-Control': 'no-store' });
  const body = String(answer.body ?? '').replace('__SHELL__', shell).replace('__DELAY__', String(delayMs)).replace('__AGENT__', USER_AGENT);
  return { ...answer, body };
}
