// Copies what the compiler does not: the phone's page, its style, its pictures, and the QR reader.
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, 'dist', 'page');
mkdirSync(page, { recursive: true });
for (const name of readdirSync(join(here, 'phone'))) {
  if (/\.(html|css|svg|png)$/.test(name)) cpSync(join(here, 'phone', name), join(page, name));
}
const jsqr = createRequire(import.meta.url).resolve('jsqr');
cpSync(jsqr, join(page, 'jsqr.js'));
