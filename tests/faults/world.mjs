// One run's common ground: the lab with its balancer and fleet, what was counted, who owns which order, and eyes on every page.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { controlOf } from '../support/control.mjs';
import { openLab } from '../support/lab.mjs';
import { Balancer } from './balancer.mjs';
import { Fleet } from './fleet.mjs';
import { Line } from './line.mjs';
import { luckFor } from './luck.mjs';
import { requireCrashPoints } from './points.mjs';
import { Witness } from './witness.mjs';

export class World {
    /** No new stories begin. */
    over = false;
    /** Nobody waits any longer for anything. */
    leaving = false;
    /** Nobody looks any more. */
    ended = false;
    counts = new Map();
    owners = new Map();
    #pages = new Set();
    /** What students met that is nobody's violation, in words, with how often. */
    troubles = new Map();

    /** options: { name, seed, servers, students, timeScale, orderMinutes } */
    static async open(options) {
        const world = new World();
        world.line = new Line();
        let serverEnv = {};
        const { lab } = await openLab({
            name: options.name,
            students: options.students,
            timeScale: options.timeScale,
            servers: options.servers,
            serverEnv: async ({ socket }) => (serverEnv = { ...options.serverEnv, ...(await world.line.listen(socket, options.seed)) }),
            diskMegabytes: 320,
        });
        world.options = options;
        world.lab = lab;
        requireCrashPoints(lab.binary);
        world.control = controlOf(lab);
        world.balancer = new Balancer(
            lab.servers.map((one) => one.at),
            luckFor(options.seed, 'balancer'),
        );
        await world.balancer.listen(lab.server);
        world.fleet = new Fleet(lab, serverEnv);
        world.fleet.start();
        world.witness = new Witness(join(lab.dir, 'answers.jsonl'));
        await world.control('POST', 'faults/seed', { seed: options.seed });
        return world;
    }

    async close() {
        this.over = this.leaving = this.ended = true;
        await this.fleet?.stop();
        await this.lab.stop();
        await this.balancer?.close();
        await this.line.close();
        this.witness?.close();
    }

    count(what, by = 1) {
        this.counts.set(what, (this.counts.get(what) ?? 0) + by);
    }
    trouble(failure) {
        const text = String(failure.message ?? failure)
            .replaceAll(/\d{6,}/g, 'N')
            .slice(0, 80);
        this.troubles.set(text, (this.troubles.get(text) ?? 0) + 1);
    }
    faultsOn(kind) {
        return !this.over && (this.options.only.length === 0 || this.options.only.some((part) => kind.includes(part)));
    }

    /** Somebody looks at the order's page, asking nobody, until it shows the money. */
    watchPage(student, orderNo) {
        const known = this.witness.order(orderNo);
        if (this.#pages.has(orderNo)) return;
        this.#pages.add(orderNo);
        known.watched = true;
        const look = async () => {
            for (let rest = 60; !this.ended && known.shownAt === undefined; rest = Math.min(rest * 1.5, 700)) {
                await student.ask(await student.phone(), 'GET', `/orders/${orderNo}`);
                if (known.shownAt === undefined) await sleep(rest);
            }
        };
        look().catch((failure) => this.trouble(failure));
    }

    /** Money that nobody here paid: WeChat took it while an order was being closed, or late. */
    async watchMoney() {
        while (!this.ended) {
            const { payments } = await this.control('GET', 'books').catch(() => ({ payments: [] }));
            for (const { out_trade_no: number } of payments) {
                this.witness.took(number);
                const owner = this.owners.get(number);
                if (owner && this.witness.order(number).shownAt === undefined) this.watchPage(owner, number);
            }
            await sleep(400);
        }
    }

    /** { rssMb, files } of each server. */
    weigh() {
        return this.lab.servers.map((_, i) => {
            const proc = `/proc/${this.lab.pidOfServerAt(i)}`;
            if (!existsSync(`${proc}/status`)) return { rssMb: 0, files: 0 };
            const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`${proc}/status`, 'utf8'));
            let files = 0;
            try {
                files = readdirSync(`${proc}/fd`).length;
            } catch {
                files = -1; // not dumpable: only root may look
            }
            return { rssMb: Math.round(Number(rss?.[1] ?? 0) / 1024), files };
        });
    }
}
