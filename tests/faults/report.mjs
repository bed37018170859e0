// What a run tells at its end: every violation with the story of its order, and what happened in figures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { leftToDailyBill } from './books.mjs';
import { storyOf } from './story.mjs';

export const say = (text) => process.stdout.write(`${text}\n`);

/** A few lines of each rule that was broken; the stories go to files, the first of them to the screen too. */
export async function report(world, found, context) {
    const folder = join(world.lab.dir, 'violations');
    mkdirSync(folder, { recursive: true });
    const told = new Set();
    const times = new Map();
    for (const { rule, order, what } of found) {
        times.set(rule, (times.get(rule) ?? 0) + 1);
        if (times.get(rule) <= 5) say(`not ok ${rule}: ${order ?? ''} ${what}`);
        else if (times.get(rule) === 6) say(`not ok ${rule}: and ${found.filter((one) => one.rule === rule).length - 5} more`);
        if (!order || told.has(order) || told.size >= 20) continue;
        told.add(order);
        const story = (await storyOf(order, { ...world, ...context })).join('\n');
        writeFileSync(join(folder, `${order}.txt`), `${rule}: ${what}\nseed ${world.options.seed}\n${story}\n`);
        if (told.size <= 3)
            say(
                story
                    .split('\n')
                    .slice(0, 60)
                    .map((line) => `      | ${line.slice(0, 300)}`)
                    .join('\n'),
            );
    }
    if (told.size > 0) say(`stories: ${folder}`);
}

/** What happened, in a few lines of figures. */
export function tellCounts(world, nemesis, facts) {
    const lines = [...world.counts].sort(([a], [b]) => a.localeCompare(b)).map(([what, n]) => `${what} ${n}`);
    say(
        `struck: ${lines
            .filter((one) => one.startsWith('fault '))
            .map((one) => one.slice(6))
            .join(', ')}`,
    );
    say(
        `hit: ${lines
            .filter((one) => one.includes('(WeChat)'))
            .map((one) => one.replace(' (WeChat)', ''))
            .join(', ')}`,
    );
    say(
        `cut or slowed on the line to the database: ${Object.entries(world.line.hits)
            .map(([kind, n]) => `${kind} ${n}`)
            .join(', ')}`,
    );
    say(
        `crashed: ${lines
            .filter((one) => one.startsWith('crashed at ') || one.startsWith('import crashed'))
            .map((one) => one.replace('crashed at ', ''))
            .join(', ')}`,
    );
    say(
        `stories: ${lines
            .filter((one) => one.startsWith('story '))
            .map((one) => one.slice(6))
            .join(', ')}`,
    );
    const states = ['opened', 'awaiting', 'paid', 'paid_late', 'closed'].map(
        (state) => `${facts.ours.orders.filter((one) => one.state === state).length} ${state}`,
    );
    const left = facts.theirs.payments.filter((one) => leftToDailyBill(facts, one.out_trade_no)).length;
    say(
        `${facts.ours.orders.length} orders (${states.join(', ')}), ${facts.theirs.payments.length} payments (${left} left to the daily bill), ${world.witness.told.length} answers kept, ` +
            `${world.balancer.counts.requests} requests, ${nemesis.timeline.length} faults, ${world.fleet.starts} starts of servers`,
    );
}
