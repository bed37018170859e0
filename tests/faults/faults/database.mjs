// The database killed, frozen, cut off from everybody, without room on its disk.
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { until, upAgain } from './words.mjs';

const killDatabase = {
    name: 'kill-database',
    place: 'database',
    weight: 4,
    excuses: true,
    async strike(to) {
        to.fleet.databaseHeld = true;
        await to.lab.killDatabase();
        await sleep(to.luck.between(0, 3000));
        to.fleet.databaseHeld = false;
        await until(() => to.lab.databaseLives(), 30);
        await upAgain(to);
    },
};
const freezeDatabase = {
    name: 'freeze-database',
    place: 'database',
    weight: 2,
    excuses: true,
    async strike(to) {
        to.lab.freezeDatabase(true);
        await sleep(to.luck.between(500, 12_000));
        to.lab.freezeDatabase(false);
        await upAgain(to);
    },
};
const cutConnections = {
    name: 'cut-connections',
    place: 'database',
    weight: 4,
    excuses: true,
    async strike(to) {
        for (let times = to.luck.whole(1, 6); times > 0; --times) {
            const sessions = await to.lab.sql('SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()').catch(() => []);
            const cut = sessions.map(({ id }) => `KILL ${id};`).join(' ');
            // One that is gone already ends the list with an error; the next round takes the others.
            if (cut) await to.lab.sql(cut).catch(() => undefined);
            await sleep(to.luck.between(50, 800));
        }
        await upAgain(to);
    },
};
const fullDisk = {
    name: 'full-disk',
    place: 'database',
    weight: 2,
    excuses: true,
    async strike(to) {
        const filler = join(to.lab.smallDisk, 'filler');
        const file = await open(filler, 'w');
        try {
            const piece = Buffer.alloc(1 << 20);
            for (;;) await file.write(piece).catch((failure) => Promise.reject(failure));
        } catch (failure) {
            if (failure.code !== 'ENOSPC') throw failure;
        } finally {
            await file.close();
        }
        await sleep(to.luck.between(500, 5000));
        await rm(filler);
        await upAgain(to);
    },
};

/** Whether the database has a disk that may be filled. */
export const diskIsOwn = async (lab) => Boolean(lab.smallDisk) && (await statfs(lab.smallDisk)).blocks > 0;

export const databaseFaults = [killDatabase, freezeDatabase, cutConnections, fullDisk];
