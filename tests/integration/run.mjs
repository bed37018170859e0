// Starts one stack and runs every check of this folder against it, one file after the other, with node's own runner.
//
//   node tests/integration/run.mjs [part of a file name …]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startStack } from '../support/stack.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs') && (!wanted.length || wanted.some((part) => name.includes(part))))
    .sort();

const stack = await startStack({ name: 'integration', students: 90 });
let failed = false;
try {
    for (const file of files) {
        const child = spawn(process.execPath, ['--test', join(folder, file)], {
            stdio: 'inherit',
            env: { ...process.env, CAMPUS_STACK: JSON.stringify(stack) },
        });
        const code = await new Promise((done) => child.once('exit', done));
        failed ||= code !== 0;
    }
} finally {
    await stack.stop();
}
process.exitCode = failed ? 1 : 0;
