// Ends the server at every crash point there is, one after the other, and checks that nothing is lost or done twice.
//
//   node tests/faults/crash-points.mjs [--only PART,…] [--keep]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Importer } from './importer.mjs';
import { luckFor } from './luck.mjs';
import { storyOf } from './story.mjs';
import { Student } from './students.mjs';
import { cases, playTable } from './table.mjs';
import { World } from './world.mjs';

const { values: given } = parseArgs({
    options: { only: { type: 'string', default: '' }, keep: { type: 'boolean', default: false }, name: { type: 'string', default: 'crash-points' } },
});
const only = given.only.split(',').filter(Boolean);
const chosen = cases.filter(({ point }) => only.length === 0 || only.some((part) => point.includes(part)));
const say = (text) => process.stdout.write(`${text}\n`);

const world = await World.open({ name: given.name, seed: 1, servers: 1, students: 3 * chosen.length + 60, timeScale: 20, only: [], serverEnv: {} });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => world.close().finally(() => process.exit(130)));
let failed = true;
try {
    const people = world.lab
        .college('students')
        .slice(3)
        .filter((one) => one.学号);
    const importer = new Importer(world, people, luckFor(1, 'importer'));
    await importer.newPeriod();
    let next = 0;
    const nextStudent = () => {
        if (next === people.length) throw new Error('the invented college is too small');
        return new Student(world, people[next++], luckFor(1, `student ${next}`));
    };
    const began = Date.now();
    const { found, crashed } = await playTable(world, chosen, nextStudent, importer, say);
    for (const { rule, order, what } of found) {
        say(`not ok ${rule}: ${order ?? ''} ${what}`);
        if (order) writeFileSync(join(world.lab.dir, `story-${order}.txt`), (await storyOf(order, world)).join('\n'));
    }
    say(`${chosen.length} cases, ${crashed} crashes, ${found.length} violations, ${((Date.now() - began) / 1000).toFixed(0)} s`);
    say(`# pass ${chosen.length - new Set(found.map((one) => one.rule.split(': ')[0])).size}`);
    say(`# fail ${new Set(found.map((one) => one.rule.split(': ')[0])).size}`);
    failed = found.length > 0;
} finally {
    if (!given.keep) await world.close();
}
process.exit(failed ? 1 : 0);
