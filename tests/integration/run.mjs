// Starts one lab and runs every check of this folder against it, one file after the other, with node's own runner. The file
// that looks at the books and the logs comes last: it judges what all others left behind.
//
//   node tests/integration/run.mjs [part of a file name …]
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openLab } from '../support/lab.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const last = 'afterwards.test.mjs';
// Changes what bills are due, which others compare with the college's files.
const late = 'model.test.mjs';
const files = readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs') && name !== last)
    .filter((name) => !wanted.length || wanted.some((part) => name.includes(part)))
    .sort((a, b) => Number(a === late) - Number(b === late) || a.localeCompare(b));

const { lab, file: labFile } = await openLab({ name: 'integration', students: 1100 + 2 * Number(process.env.CAMPUS_MODEL_RUNS ?? 0) });
let child;
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
        stopped = true;
        child?.kill('SIGTERM');
    });
}
const seen = join(lab.dir, 'seen.txt');
rmSync(seen, { force: true });
let failed = false;
try {
    for (const file of [...files, last]) {
        if (stopped) break;
        child = spawn(process.execPath, ['--test', '--test-concurrency=1', join(folder, file)], {
            stdio: 'inherit',
            env: { ...process.env, CAMPUS_LAB: labFile, CAMPUS_SEEN: seen, CAMPUS_ALL: wanted.length ? '' : 'yes' },
        });
        const code = await new Promise((done) => child.once('exit', done));
        failed ||= code !== 0;
    }
} finally {
    await lab.stop();
}
process.exitCode = failed || stopped ? 1 : 0;
