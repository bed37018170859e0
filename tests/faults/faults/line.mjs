// Between the servers and the database: the connection is cut at COMMIT or in the midst of a unit of work, or everything is slow.
import { setTimeout as sleep } from 'node:timers/promises';

import { upAgain } from './words.mjs';

const onTheLine = (kind, weight, more) => ({
    name: kind.replaceAll('_', '-'),
    place: `line ${kind}`,
    weight,
    excuses: true,
    async strike(to) {
        const how = more(to.luck);
        to.detail(JSON.stringify(how));
        const end = to.line.misbehave(kind, how);
        await sleep(to.luck.between(500, 4000));
        end();
        await upAgain(to);
    },
});

export const lineFaults = [
    onTheLine('commit_lost', 3, (luck) => ({ chance: luck.pick([0.1, 0.5]) })),
    // 9 s: longer than a page's unit is tried, so that nobody learns what became of it.
    onTheLine('commit_answer_lost', 3, (luck) => ({ chance: luck.pick([0.1, 0.5]), ms: luck.pick([0, 0, 2000, 9000]) })),
    onTheLine('statement_lost', 2, (luck) => ({ chance: luck.pick([0.01, 0.05]) })),
    onTheLine('statement_slow', 2, (luck) => ({ chance: 0.3, ms: luck.pick([20, 100]) })),
];
