// Audits the built pages behind the real server: see tests/bench/lighthouse.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { demoAccounts } from '../../tools/college/demo.mjs';
import { root, startStack } from '../support/stack.mjs';

const run = promisify(execFile);
const { chromium } = createRequire(join(root, 'tests/journeys/package.json'))('playwright-core');

const lighthouse = 'lighthouse@12.8.2';
const perfect = ['accessibility', 'best-practices'];
const runs = Number(process.argv[2] ?? 3);
const reports = join(root, 'tests/artefacts/lighthouse');

const freePort = () =>
    new Promise((answer) => {
        const probe = createServer();
        probe.listen(0, '127.0.0.1', () => {
            const { port } = probe.address();
            probe.close(() => answer(port));
        });
    });

/** A browser whose cookies Lighthouse shares through the debugging port. */
async function openBrowser(port) {
    const profile = mkdtempSync(join(tmpdir(), 'campuspay-lighthouse-'));
    const browser = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', `--remote-debugging-port=${port}`],
        locale: 'zh-CN',
    });
    const close = async () => {
        await browser.close();
        rmSync(profile, { recursive: true, force: true });
    };
    return { browser, close };
}

async function signIn(browser, server) {
    const { student } = demoAccounts(2026)[0];
    const page = await browser.newPage();
    await page.goto(`${server}/h5/`);
    await page.getByTestId('username').fill(student.number);
    await page.getByTestId('password').fill(student.idNumber.slice(-6));
    await page.getByTestId('sign-in').click();
    await page.getByTestId('total-owed').waitFor();
    await page.close();
}

async function audit(address, name, port) {
    const file = join(reports, `${name}.json`);
    await run(
        'npx',
        [
            '--yes',
            lighthouse,
            address,
            `--port=${port}`,
            '--output=json',
            `--output-path=${file}`,
            `--only-categories=${['performance', ...perfect].join(',')}`,
            '--form-factor=mobile',
            '--disable-storage-reset',
            '--max-wait-for-load=60000',
            '--quiet',
        ],
        { env: { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' }, maxBuffer: 16 * 1024 * 1024 },
    );
    return JSON.parse(readFileSync(file, 'utf8'));
}

const score = (report, category) => Math.round(report.categories[category].score * 100);
const kilobytes = (report) => (report.audits['total-byte-weight'].numericValue / 1000).toFixed(1);
const seconds = (report, audit) => (report.audits[audit].numericValue / 1000).toFixed(2);

function misses(report) {
    return perfect.flatMap((category) =>
        report.categories[category].auditRefs
            .map(({ id, weight }) => ({ ...report.audits[id], weight }))
            .filter((one) => one.weight > 0 && one.score !== null && one.score < 1)
            .map((one) => `${category}: ${one.id} (${one.title})`),
    );
}

mkdirSync(reports, { recursive: true });
const stack = await startStack({ name: 'lighthouse' });
const port = await freePort();
const { browser, close } = await openBrowser(port);
let failed = false;
try {
    console.log('page      run  accessibility  best practices  performance  LCP s  TBT s  CLS    kB');
    for (const [name, path, signedIn] of [
        ['sign-in', '/h5/', false],
        ['fees', '/h5/fees', true],
    ]) {
        if (signedIn) await signIn(browser, stack.server);
        for (let turn = 1; turn <= runs; turn++) {
            const report = await audit(stack.server + path, `${name}-${turn}`, port);
            const shown = new URL(report.finalDisplayedUrl).pathname;
            if (signedIn && shown !== path) throw new Error(`${path} led to ${shown}`);
            console.log(
                name.padEnd(9),
                String(turn).padStart(3),
                ...perfect.map((category) => String(score(report, category)).padStart(14)),
                String(score(report, 'performance')).padStart(13),
                seconds(report, 'largest-contentful-paint').padStart(6),
                seconds(report, 'total-blocking-time').padStart(6),
                report.audits['cumulative-layout-shift'].numericValue.toFixed(3).padStart(6),
                kilobytes(report).padStart(5),
            );
            const missed = misses(report);
            missed.forEach((one) => console.log(`          ${one}`));
            failed ||= missed.length > 0 || perfect.some((category) => score(report, category) < 100);
        }
    }
} finally {
    await close();
    await stack.stop();
}
process.exitCode = failed ? 1 : 0;
