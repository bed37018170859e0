// Servers that are killed, stopped, frozen, crash where they are told to, or have a clock of their own.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { crashPoints } from '../points.mjs';
import { until, upAgain } from './words.mjs';

const anyServer = ({ luck, fleet }) => luck.whole(0, fleet.size - 1);
const killServer = {
    name: 'kill-server',
    place: 'servers',
    weight: 4,
    excuses: true,
    async strike(to) {
        await to.fleet.restart(anyServer(to), { pause: to.luck.between(0, 2000) });
        await upAgain(to);
    },
};
const killAllServers = {
    name: 'kill-all-servers',
    place: 'servers',
    weight: 1,
    excuses: true,
    async strike(to) {
        const pause = to.luck.between(0, 2500);
        await Promise.all(Array.from({ length: to.fleet.size }, (_, i) => to.fleet.restart(i, { pause })));
        await upAgain(to);
    },
};
const stopServer = {
    name: 'stop-server',
    place: 'servers',
    weight: 1,
    excuses: true,
    async strike(to) {
        await to.fleet.restart(anyServer(to), { signal: 'SIGTERM', pause: to.luck.between(0, 500) });
        await upAgain(to);
    },
};
const crashServer = {
    name: 'crash-point',
    place: 'servers',
    weight: 8,
    excuses: true,
    async strike(to) {
        const name = to.luck.pick(crashPoints.filter((one) => !one.startsWith('import.')));
        const hit = name.startsWith('db.') ? to.luck.whole(5, 120) : to.luck.whole(1, 4);
        const i = anyServer(to);
        await to.fleet.restart(i, { env: { CAMPUS_CRASH: `${name}:${hit}` } });
        await until(() => to.fleet.lives(i), 20);
        const crashed = await until(() => !to.fleet.lives(i) || to.over(), 8);
        if (crashed && !to.fleet.lives(i)) to.count(`crashed at ${name}`);
        else await to.fleet.restart(i); // never came by: a plain kill, so that no appointment is left behind
        await upAgain(to);
    },
};
const freezeServer = {
    name: 'freeze-server',
    place: 'servers',
    weight: 2,
    excuses: true,
    async strike(to) {
        const i = anyServer(to);
        if (!to.fleet.lives(i)) return;
        to.lab.freezeServerAt(i);
        await sleep(to.luck.between(1000, 10_000));
        to.lab.freezeServerAt(i, false);
        await upAgain(to);
    },
};

const fakeTime = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find((file) =>
    existsSync(file),
);
/** The environment that sets a server's clock apart by so many minutes. */
const clockEnv = (minutes) => ({
    LD_PRELOAD: fakeTime,
    FAKETIME: `${minutes >= 0 ? '+' : '-'}${Math.abs(minutes)}m`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_RESET: '1',
    // The sanitizer wants to be first; it copes.
    ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:verify_asan_link_order=0`,
});
const serverClock = {
    name: 'server-clock',
    place: 'servers',
    weight: 2,
    excuses: true,
    lacks: fakeTime ? undefined : 'package faketime is not installed',
    async strike(to) {
        const i = anyServer(to);
        const minutes = to.luck.pick([-10, -4, -2, 2, 4, 10, 70]);
        await to.fleet.restart(i, { env: clockEnv(minutes) });
        await sleep(to.luck.between(3000, 9000));
        await to.fleet.restart(i);
        await upAgain(to);
    },
};

export const serverFaults = [killServer, killAllServers, stopServer, crashServer, freezeServer, serverClock];
