// Between clients and servers: requests and replies that are lost, late, cut or doubled on the way.
import { setTimeout as sleep } from 'node:timers/promises';

const onTheWay = (kind, weight, more = () => ({})) => ({
    name: kind.replaceAll('_', '-'),
    place: kind,
    weight,
    excuses: kind.endsWith('lost'),
    async strike(to) {
        const end = to.balancer.misbehave(kind, { chance: to.luck.pick([0.1, 0.3]), ...more(to.luck) });
        await sleep(to.luck.between(500, 4000));
        end();
    },
});

export const networkFaults = [
    onTheWay('request_lost', 2),
    onTheWay('reply_lost', 3),
    onTheWay('reply_half', 2),
    onTheWay('request_doubled', 2),
    onTheWay('reply_slow', 1, (luck) => ({ ms: luck.whole(200, 3000) })),
];
