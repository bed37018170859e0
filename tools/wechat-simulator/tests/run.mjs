// Runs the compiled checks with node's own runner, one process per file.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'checks', 'tests');
// The checks run their own compiled copy of the sources; the page's files are built once, beside it.
const page = join(folder, '..', 'src', 'page');
if (!existsSync(page)) symlinkSync(join('..', '..', 'page'), page);
const wanted = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith('.test.js') && (wanted.length === 0 || wanted.some((w) => name.includes(w))));
const run = spawnSync(process.execPath, ['--test', ...files.map((name) => join(folder, name))], { stdio: 'inherit' });
process.exit(run.status ?? 1);
