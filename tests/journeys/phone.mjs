// The simulator's phone as a person handles it, and what must never happen on the way.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test as base } from '@playwright/test';

import { demoAccounts } from '../../tools/college/demo.mjs';

export { expect };
export const stack = () => JSON.parse(process.env.CAMPUS_STACK);
const artefacts = resolve(fileURLToPath(import.meta.url), '../../artefacts');

const [first, second, third] = demoAccounts(2026).map(({ student }) => student);
export const twoYears = first;
export const newcomer = second;
export const settled = third;

/** Students of the invented college who owe something, beside the demo accounts. */
export function indebted(index) {
    const rows = (name) =>
        readFileSync(join(stack().dir, `college/${name}.csv`), 'utf8').trimEnd().split('\r\n').slice(1).map((line) => line.split(','));
    const owing = new Set(rows('bills').map((row) => row[0]));
    const [number, name, idNumber] = rows('students').slice(3).filter((row) => row[0] && owing.has(row[0]))[index];
    return { number, name, idNumber };
}

export const userName = (student) => student.number || student.idNumber;
export const password = (student) => student.idNumber.slice(-6);

export async function control(method, path, body) {
    const answer = await fetch(`${stack().phone}/control/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
}

/** A command at the college's own desk, such as finance gives; answers what it prints. */
export async function desk(...words) {
    const root = resolve(artefacts, '../..');
    const binary = process.env.CAMPUS_BINARY ?? join(root, 'build/release/campuspay');
    const { stdout } = await promisify(execFile)(binary, ['--config', stack().config, ...words], { cwd: root });
    return stdout;
}

class Phone {
    constructor(page, name) {
        this.page = page;
        this.name = name;
        this.shots = 0;
    }

    at(id) {
        return this.page.getByTestId(id);
    }

    /** Inside the in-app browser. */
    in(id) {
        return this.page.getByTestId('browser-frame').contentFrame().getByTestId(id);
    }

    get inside() {
        return this.page.getByTestId('browser-frame').contentFrame();
    }

    async shot(what) {
        const number = String(++this.shots).padStart(2, '0');
        await this.page.screenshot({ path: join(artefacts, `${this.name}-${number}-${what}.png`), animations: 'disabled' });
    }

    /** A new user finds the account and follows it; ends in its chat. */
    async follow() {
        const { openid } = await control('POST', 'users', {});
        this.openid = openid;
        await this.page.goto(`${stack().phone}/?user=${openid}`);
        await this.at('open-search').click();
        await this.at('search-input').fill('吉林交通');
        await this.at('search-result').first().click();
        await this.at('follow-button').click();
        const enter = this.at('enter-chat');
        await expect(this.at('chat').or(enter).first()).toBeVisible();
        // The phone may already be on its way from the profile to the chat.
        if (await enter.isVisible()) await enter.click({ timeout: 3000 }).catch(() => undefined);
        await expect(this.at('chat')).toBeVisible();
    }

    /** The phone's first screen, where the scanner is. */
    async home() {
        await this.page.goto(`${stack().phone}/?user=${this.openid}`);
        await expect(this.at('open-scan')).toBeVisible();
    }

    async tapMenu() {
        await this.at('menu-button-0').click();
        await expect(this.at('browser')).toBeVisible();
    }

    async enter() {
        await this.follow();
        await this.tapMenu();
    }

    async signIn(student) {
        await this.in('username').fill(userName(student));
        await this.in('password').fill(password(student));
        await this.in('sign-in').click();
        await expect(this.in('total-owed')).toBeVisible();
    }

    async signInByIdentity(student) {
        await this.in('way-identity').check({ force: true });
        await this.in('id_number').fill(student.idNumber);
        await this.in('name').fill(student.name);
        await this.in('sign-in').click();
        await expect(this.in('total-owed')).toBeVisible();
    }

    /** From the home page to the pay sheet, all bills ticked. */
    async toPaySheet() {
        await this.in('home-pay').click();
        await this.in('pay').click();
        await expect(this.in('merchant')).toContainText('吉林交通职业技术学院');
        await this.in('confirm-pay').click();
        await expect(this.at('pay-sheet')).toBeVisible();
    }

    async typePassword() {
        await expect(this.at('pay-pad')).toBeVisible();
        for (const digit of '135790') await this.at(`pay-key-${digit}`).click();
    }

    /** Confirms the sheet with a password and comes back to the page. */
    async pay() {
        await this.at('pay-confirm').click();
        await this.typePassword();
        await expect(this.at('pay-success')).toBeVisible();
        await this.at('pay-done').click();
    }

    async openMenu(place) {
        await this.in('menu').click();
        await this.in(`menu-${place}`).click();
    }
}

const pictureName = (title) => title.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 40);

/** What no page may do: errors, violations of the CSP, requests to strangers. */
async function watch(page, context, faults) {
    await context.route('**', (route) => {
        const { hostname } = new URL(route.request().url());
        if (hostname === '127.0.0.1' || hostname === '') return route.continue();
        faults.push(`request to ${hostname}`);
        return route.abort();
    });
    page.on('pageerror', (error) => faults.push(`error on a page: ${error.message}`));
    page.on('console', (message) => {
        if (message.type() === 'error' && /content security policy|violates/i.test(message.text())) faults.push(message.text());
    });
}

const nothing = 'no page error, no CSP report, no third party';

/** A phone, and where a test wants one a browser at a desk with pictures of its own. */
export const test = base.extend({
    phone: async ({ page, context }, use, info) => {
        const faults = [];
        await watch(page, context, faults);
        await use(new Phone(page, pictureName(info.title)));
        expect(faults, nothing).toEqual([]);
    },
    desk: async ({ browser }, use) => {
        const faults = [];
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
        const page = await context.newPage();
        await watch(page, context, faults);
        await use(page);
        await context.close();
        expect(faults, nothing).toEqual([]);
    },
    shot: async ({ desk }, use, info) => {
        let shots = 0;
        await use(async (what) => {
            const number = String(++shots).padStart(2, '0');
            await desk.screenshot({ path: join(artefacts, `desk-${pictureName(info.title)}-${number}-${what}.png`), animations: 'disabled', fullPage: true });
        });
    },
});

test.afterEach(async () => {
    await control('DELETE', 'faults');
});
