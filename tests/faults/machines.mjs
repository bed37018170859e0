// What the machines left behind: logs that know nobody and show no fault of ours, and processes that have not grown.
import { readFileSync } from 'node:fs';

import { logsOf, personalDataIn, secretsIn, secretsOf } from '../support/logs.mjs';

const filesMost = 200;
// The sanitizer keeps freed memory aside, up to 256 MB, and shadows all of it.
const growthMostMb = (binary) => (readFileSync(binary).includes('__asan_init') ? 700 : 150);

const inLogs = (lab, look) => logsOf(lab).flatMap(({ name, text }) => look(text).map((what) => ({ what: `${name} holds ${what}` })));

function brokenLines(lab) {
    const signs = /"code":"internal"|broken: |request\.failed|terminate called|Sanitizer|Assertion/;
    return logsOf(lab)
        .filter(({ name }) => name.startsWith('server'))
        .flatMap(({ name, text }) =>
            text
                .split('\n')
                .filter((line) => signs.test(line))
                .slice(0, 3)
                .map((line) => ({ what: `${name}: ${line.slice(0, 300)}` })),
        );
}

// Clocks that are minutes apart make both sides refuse each other's signatures, and a follower's message may meet a server that is
// down; nothing else may be wrong.
async function protocolBroken(control) {
    const { violations } = await control('GET', 'violations');
    return violations
        .filter((one) => !/SIGN_ERROR|Authorization|^push: status/.test(`${one.where}: ${one.what}`))
        .slice(0, 5)
        .map((one) => ({ what: `${one.where}: ${one.what}` }));
}

function grown(world, before) {
    return world.weigh().flatMap(({ rssMb, files }, i) => {
        const found = [];
        if (files > filesMost) found.push({ what: `server ${i + 1} has ${files} files open` });
        if (rssMb - before[i].rssMb > growthMostMb(world.lab.binary))
            found.push({ what: `server ${i + 1} grew from ${before[i].rssMb} to ${rssMb} MB` });
        return found;
    });
}

/** [{ rule, what }] */
export async function judgeMachines(world, weights, students) {
    const { lab, control } = world;
    const secrets = await secretsOf(lab, control);
    const people = students.map((one) => one.person);
    const findings = {
        'no personal data is in any log': inLogs(lab, (text) => personalDataIn(text, people)),
        'no secret is in any log': inLogs(lab, (text) => secretsIn(text, secrets)),
        'nothing broke inside': brokenLines(lab),
        'the protocol was kept': await protocolBroken(control),
        'memory and files have not grown': grown(world, weights),
    };
    return Object.entries(findings).flatMap(([rule, found]) => found.map((one) => ({ rule, ...one })));
}
