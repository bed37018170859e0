// Tries to break the books: many students at once while faults strike, then heals everything and checks what is left.
//
//   node tests/faults/run.mjs [--seed N] [--seconds S] [--servers 1-3] [--students N] [--only FAULT,…] [--at-once N]
//                             [--stories STORY,…] [--order-minutes N] [--time-scale N] [--crash-points N] [--name NAME] [--keep]
//
// CAMPUS_BINARY names the program (built with -DCAMPUS_CRASH_POINTS=ON). README.md beside this file explains the rest.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { alwaysRules, watchAlways } from './always.mjs';
import { judgeBooks, readBooks, rules } from './books.mjs';
import { Finance } from './finance.mjs';
import { Importer } from './importer.mjs';
import { luckFor } from './luck.mjs';
import { judgeMachines } from './machines.mjs';
import { Nemesis } from './nemesis.mjs';
import { lateShows, promisedMs, timesTable } from './promise.mjs';
import { report, say, tellCounts } from './report.mjs';
import { live } from './stories.mjs';
import { Student } from './students.mjs';
import { cases, playTable } from './table.mjs';
import { World } from './world.mjs';

const { values: given } = parseArgs({
    options: {
        seed: { type: 'string' },
        seconds: { type: 'string', default: '25' },
        servers: { type: 'string', default: '2' },
        students: { type: 'string', default: '60' },
        only: { type: 'string', default: '' },
        stories: { type: 'string', default: '' },
        'at-once': { type: 'string', default: '5' },
        'order-minutes': { type: 'string', default: '2' },
        'time-scale': { type: 'string', default: '10' },
        'crash-points': { type: 'string', default: '0' },
        keep: { type: 'boolean', default: false },
        name: { type: 'string', default: 'faults' },
    },
});
const seed = given.seed === undefined ? Date.now() % 1_000_000 : Number(given.seed);
const options = {
    name: given.name,
    seed,
    seconds: Number(given.seconds),
    servers: Number(given.servers),
    students: Number(given.students),
    timeScale: Number(given['time-scale']),
    only: given.only.split(',').filter(Boolean),
    stories: given.stories.split(',').filter(Boolean),
    serverEnv: { CAMPUSPAY__SCHOOL__ORDER_MINUTES: given['order-minutes'] },
};
const inTurns = async (list, atOnce, deed) => {
    const rest = [...list];
    await Promise.all(
        Array.from({ length: atOnce }, async () => {
            while (rest.length > 0) await deed(rest.shift());
        }),
    );
};

/** Everybody signed in, so that the storm meets people who pay. */
async function gather(world) {
    // The first three of the college are the demo accounts; who has no number yet cannot be in an import by number.
    const people = world.lab
        .college('students')
        .slice(3)
        .filter((one) => one.学号);
    const students = people.map((person, i) => new Student(world, person, luckFor(seed, `student ${i}`)));
    await inTurns(students, 6, (student) => student.phone());
    return students;
}

async function storm(world, students, importer) {
    const nemesis = new Nemesis({ ...world, count: (what, by) => world.count(what, by) }, seed, options.only);
    await nemesis.prepare();
    for (const why of nemesis.skipped) say(`skipped: ${why}`);
    world.watchMoney();
    const always = watchAlways(world);
    const lives = students.map((student) => live(student).catch((failure) => world.trouble(failure)));
    const office = Promise.all([importer.work(), new Finance(world, luckFor(seed, 'finance')).work()]);
    await sleep(1000);
    const raging = nemesis.rage(Number(given['at-once']));
    await sleep(options.seconds * 1000);
    world.over = true;
    await nemesis.calm();
    await raging;
    return { nemesis, always, lives, office };
}

async function heal(world) {
    await world.control('DELETE', 'faults');
    await world.control('POST', 'settings', { notices_paused: false, notice_signing: null, signing: 'public_key', clock_offset_ms: 0 });
    await world.fleet.allReady();
    // WeChat wishes to be asked about refunds minutes apart, which nobody waits for here.
    await world.lab.sql(
        `UPDATE refunds SET next_ms = LEAST(next_ms, UNIX_TIMESTAMP(NOW(3)) * 1000 + 5000), asked_count = 0
         WHERE state IN ('accepted', 'processing') AND next_ms IS NOT NULL`,
    );
    return Date.now();
}

/** What still waits and will come to an end by itself, in words; "" when nothing does. What was left to a person is over. */
async function underWay(world) {
    const live = await world.lab.sql("SELECT order_no, closing, attention FROM orders WHERE state IN ('opened', 'awaiting')");
    const [{ parked }] = await world.lab.sql("SELECT COUNT(*) AS parked FROM payments WHERE state = 'parked'");
    const [{ back }] = await world.lab.sql("SELECT COUNT(*) AS back FROM refunds WHERE state IN ('accepted', 'processing') AND attention IS NULL");
    const { orders } = await world.control('GET', 'orders?limit=1000000');
    const open = new Set(orders.filter((one) => one.state === 'NOTPAY').map((one) => one.out_trade_no));
    const odd = new Set(live.filter((one) => one.attention !== null).map((one) => one.order_no));
    const behind = live.filter((one) => !odd.has(one.order_no) && (one.closing === '1' || !open.has(one.order_no)));
    // Late money whose notice was lost for good is left to the daily bill.
    const lost = new Set(
        orders.filter((one) => one.late && one.notices.every((notice) => ['lost', 'given_up'].includes(notice.state))).map((one) => one.out_trade_no),
    );
    const unseen = world.witness.waiting().filter((one) => !odd.has(one.orderNo) && !lost.has(one.orderNo));
    const waiting = {
        'late money': Number(parked),
        'refunds on their way': Number(back),
        'orders that are over at WeChat or given up': behind.length,
        'pages that do not show their money': unseen.length,
    };
    return Object.entries(waiting)
        .filter(([, n]) => n > 0)
        .map(([what, n]) => `${n} ${what}`)
        .join(', ');
}

/** Until nothing is under way any more, at most the promised minute and a little. */
async function quiet(world, healedAt) {
    let last = 'nothing';
    for (;;) {
        await sleep(1000);
        const now = await underWay(world);
        if (!now) break;
        last = now;
        if (Date.now() - healedAt > promisedMs + 3000) break;
    }
    await world.control('POST', 'notices/flush');
    await world.control('POST', 'wait', { for: 'idle', timeout_ms: 10_000 }).catch(() => undefined);
    say(`quiet ${((Date.now() - healedAt) / 1000).toFixed(1)} s after the last fault; waited last for ${last}`);
}

/** A few crash points of the table, drawn by the seed, on the machines that the storm left behind. */
async function someCrashPoints(world, students, importer, count) {
    if (count === 0) return { found: [], crashed: 0 };
    await world.fleet.keepOne();
    world.leaving = world.ended = false;
    const rested = [...students];
    const nextStudent = () => rested.shift();
    await importer.newPeriod(); // bills for everybody
    return playTable(world, luckFor(seed, 'crash points').some(cases, count), nextStudent, importer, say);
}

/** The product's own look at its books. */
async function ownPromises(world) {
    const { status, out } = await world.lab.campuspay('verify');
    return status === 0 ? [] : [{ rule: 'campuspay verify is content', what: out.slice(0, 2000) }];
}

const began = Date.now();
const world = await World.open(options);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => world.close().finally(() => process.exit(130)));
let failed = true;
try {
    const only = options.only.length > 0 ? `, only ${options.only.join(', ')}` : '';
    say(`seed ${seed}: ${options.seconds} s, ${options.servers} servers, ${options.students} students${only}`);
    const students = await gather(world);
    const people = students.map((one) => one.person);
    const importer = new Importer(world, people, luckFor(seed, 'importer'));
    await importer.newPeriod();
    say(`ready after ${((Date.now() - began) / 1000).toFixed(1)} s: ${students.length} students signed in`);
    const weights = world.weigh();
    const { nemesis, always, lives, office } = await storm(world, students, importer);
    const healedAt = await heal(world);
    say(`healed; waiting for quiet`);
    const enough = setTimeout(() => (world.leaving = true), 5000);
    await Promise.race([Promise.all([...lives, office]), sleep(promisedMs)]);
    clearTimeout(enough);
    for (const [what, n] of world.troubles) say(`trouble ${n} times: ${what}`);
    await quiet(world, healedAt);
    world.ended = true;
    const facts = await readBooks(world.lab, world.control);
    const found = [
        ...judgeBooks(facts, world.witness, importer),
        ...lateShows(world.witness, facts, nemesis.timeline, Date.now()).map((one) => ({ rule: 'paid shows within 60 seconds', ...one })),
        ...(await always),
        ...(await judgeMachines(world, weights, students)),
        ...(await ownPromises(world)),
        ...nemesis.failures.map((what) => ({ rule: 'the faults themselves work', what })),
    ];
    await report(world, found, { nemesis });
    for (const line of timesTable(world.witness, facts, nemesis.timeline)) say(line);
    tellCounts(world, nemesis, facts);
    const points = Number(given['crash-points']);
    const table = found.length === 0 ? await someCrashPoints(world, students, importer, points) : { found: [], crashed: 0 };
    await report(world, table.found, { nemesis });
    found.push(...table.found);
    const rulesBroken = new Set(found.map((one) => one.rule));
    const all = Object.keys(rules).length + alwaysRules.length + 8 + points;
    say(`${found.length} violations of ${rulesBroken.size} rules; seed ${seed}; ${((Date.now() - began) / 1000).toFixed(0)} s`);
    say(`# pass ${Math.max(0, all - rulesBroken.size)}`);
    say(`# fail ${rulesBroken.size}`);
    failed = rulesBroken.size > 0;
} finally {
    if (!given.keep) await world.close();
}
process.exit(failed ? 1 : 0);
