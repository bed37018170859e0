// One browser, one worker: the journeys share one college and one simulator, and each signs in as somebody else.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';

const artefacts = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../artefacts');
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

export default defineConfig({
    testDir: '.',
    testMatch: '*.journey.mjs',
    outputDir: resolve(artefacts, 'results'),
    globalSetup: './setup.mjs',
    workers: 1,
    fullyParallel: false,
    retries: 0,
    timeout: 150_000,
    expect: { timeout: 10_000 },
    reporter: 'list',
    use: {
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        hasTouch: true,
        locale: 'zh-CN',
        timezoneId: 'Asia/Shanghai',
        screenshot: 'only-on-failure',
        trace: 'retain-on-failure',
        launchOptions: {
            executablePath: chromium,
            // No sandbox in a container as root; nothing from outside is opened here.
            args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
        },
    },
});
