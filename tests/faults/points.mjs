// The crash points that are compiled into the program, read from its sources: a new one is drawn from the day it is written.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../support/lab.mjs';

const sources = ['server', 'db', 'wechat'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true })
        .filter((name) => /\.(cpp|hpp)$/.test(name))
        .map((name) => join(root, top, name)),
);

/** The names, sorted, each once. */
export const crashPoints = [
    ...new Set(sources.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bcrash_point\(\s*"([^"]+)"/g)].map((match) => match[1]))),
].sort();

/** Throws when the program was built without them, or from other sources. */
export function requireCrashPoints(binary) {
    const bytes = readFileSync(binary);
    if (!bytes.includes('CAMPUS_CRASH is not name')) {
        throw new Error(`${binary} was built without -DCAMPUS_CRASH_POINTS=ON: nothing could be made to crash in it`);
    }
    const missing = crashPoints.filter((name) => !bytes.includes(name));
    if (missing.length > 0) throw new Error(`${binary} is older than the sources: it lacks ${missing.join(', ')}`);
}
