// Starts everything that tools/run starts, on free ports and in a folder of its own, for tests that drive the real program.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const offsets = [0, 1, 10, 11];

function isFree(port) {
    return new Promise((answer) => {
        const probe = createServer();
        probe.once('error', () => answer(false));
        probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
    });
}

async function freePortBase() {
    for (;;) {
        const base = 20000 + Math.floor(Math.random() * 12000);
        const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
        if (free.every(Boolean)) return base;
    }
}

/**
 * name      folder below build/stacks; emptied first
 * students  size of the invented college
 * timeScale the simulator's waits are divided by it
 * settings  CAMPUSPAY__… overrides for the server
 *
 * CAMPUS_BINARY in the environment names another build than build/release/campuspay.
 *
 * Answers { phone, browser, server, ops, config, socket, log, stop() }: addresses, the configuration file, the database's socket.
 */
export async function startStack({ name, students = 60, timeScale = 60, settings = {} }) {
    const dir = join(root, 'build/stacks', name);
    rmSync(join(dir, 'ready.json'), { force: true });
    mkdirSync(dir, { recursive: true });
    const log = join(root, 'build/logs', `stack-${name}.log`);
    mkdirSync(dirname(log), { recursive: true });
    const port = await freePortBase();
    const child = spawn(
        join(root, 'tools/run'),
        [...(process.env.CAMPUS_BINARY ? ['--binary', process.env.CAMPUS_BINARY] : ['--no-build']), '--fresh', '--dir', dir, '--port-base', String(port), '--students', String(students), '--time-scale', String(timeScale)],
        { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...settings } },
    );
    const sink = createWriteStream(log);
    child.stdout.pipe(sink);
    child.stderr.pipe(sink);
    const ended = new Promise((done) => child.once('exit', done));
    const stop = async () => {
        child.kill('SIGTERM');
        await ended;
    };
    // Not left behind when the test program dies.
    process.once('exit', () => child.kill('SIGTERM'));

    const ready = join(dir, 'ready.json');
    for (const deadline = Date.now() + 180_000; !existsSync(ready); await sleep(50)) {
        if (child.exitCode !== null || Date.now() > deadline) {
            await stop();
            throw new Error(`the stack did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`);
        }
    }
    return { ...JSON.parse(readFileSync(ready, 'utf8')), dir, log, stop };
}
