// The table of crash points: each one with a scene that passes it, one after the other. The server ends there, is started again,
// the scene goes on to its end, and the books are checked.
import { judgeBooks, readBooks } from './books.mjs';
import { crashPoints } from './points.mjs';
import { likely, scenarios } from './scenarios.mjs';

// Places of the pool come by with every statement and every commit: some of their hits.
const hits = { 'db.before_statement': [1, 2, 4, 7, 11, 16, 22, 30], 'db.before_commit': [1, 2, 3, 5, 8], 'db.after_commit': [1, 2, 3, 5, 8] };
// Passed by a command, or only where WeChat contradicts itself: the tests of the daily close and of the finance office go there.
const elsewhere = /^reconcile\.|^refund\.after_decision$|^payment\.after_(stray|odd)_row$/;
const allScenes = Object.keys(scenarios);
const ofPool = ['paidByNotice', 'paidByAsking', 'cancelled', 'lateMoney', 'sentBack', 'imported'];

/** [{ point, scenes }]: where to crash, and the scenes to try in that order. */
export const cases = crashPoints.filter((name) => !elsewhere.test(name)).flatMap((name) => {
    if (hits[name])
        return hits[name].flatMap((n, i) =>
            [0, 2].map((step) => ({ point: `${name}:${n}`, scenes: [ofPool[(i + step) % ofPool.length]], may: true })),
        );
    const first = likely.find(([start]) => name.startsWith(start))?.[1] ?? 'paidByNotice';
    return [{ point: name, scenes: [first, ...allScenes.filter((one) => one !== first)] }];
});

async function calm(world) {
    await world.control('DELETE', 'faults');
    await world.control('POST', 'settings', { notices_paused: false });
}

/** Whether the scene came by the point and the process ended there. */
async function playScene(world, scene, point, student, importer) {
    const play = scenarios[scene];
    if (play.crashesIn === 'import') {
        const before = world.counts.get('import crashed') ?? 0;
        await play(world, student, point, importer);
        return (world.counts.get('import crashed') ?? 0) > before;
    }
    await student.phone(); // signed in before the appointment
    const before = world.fleet.crashes;
    await world.fleet.restart(0, { env: { CAMPUS_CRASH: point } });
    await play(world, student, point, importer);
    return world.fleet.crashes > before;
}

async function playCase(world, { point, scenes }, nextStudent, importer) {
    for (const scene of scenes) {
        const failures = [];
        let crashed = false;
        try {
            crashed = await playScene(world, scene, point, nextStudent(), importer);
        } catch (failure) {
            failures.push({ rule: `scene ${scene}`, what: String(failure.message) });
        }
        await world.fleet.allReady();
        await calm(world);
        const facts = await readBooks(world.lab, world.control);
        failures.push(...judgeBooks(facts, world.witness, importer));
        if (failures.length > 0 || crashed) return { scene, crashed, failures };
    }
    return { scene: scenes[0], crashed: false, failures: [] };
}

/** Plays some cases; answers [{ rule, order?, what }]. say: told of each case. */
export async function playTable(world, chosen, nextStudent, importer, say) {
    const found = [];
    const known = new Set();
    let crashed = 0;
    for (const one of chosen) {
        const began = Date.now();
        const end = await playCase(world, one, nextStudent, importer);
        crashed += end.crashed ? 1 : 0;
        // What an earlier case left wrong is still wrong: tell it once.
        const fresh = end.failures.filter(({ rule, order, what }) => !known.has(`${rule} ${order} ${what}`));
        for (const { rule, order, what } of fresh) known.add(`${rule} ${order} ${what}`);
        if (!end.crashed && !one.may) fresh.push({ rule: 'every crash point is passed by a scene', what: one.point });
        found.push(...fresh.map((failure) => ({ ...failure, rule: `crash at ${one.point} in ${end.scene}: ${failure.rule}` })));
        say(`${fresh.length ? 'not ok' : 'ok'} ${one.point} ${end.scene}${end.crashed ? '' : ' (not hit)'} ${Date.now() - began} ms`);
    }
    return { found, crashed };
}
