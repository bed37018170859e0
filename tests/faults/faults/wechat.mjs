// WeChat answers late, wrongly, half or not at all, closes and takes money when nobody expects it, changes keys and clock.
import { changedSettings, simulatorFault } from './words.mjs';

const callTroubles = [
    ['lost_before', {}],
    ['lost_after', {}],
    ['half', {}],
    ['malformed', {}],
    ['html', {}],
    ['html', { status: 200, acted: true }],
    ['error', { status: 500 }],
    ['error', { status: 500, acted: true }],
    ['error', { status: 503, code: 'SERVICE_UNAVAILABLE' }],
    ['rate_limit', {}],
    ['rate_limit', { acted: true }],
    ['slow', { ms: 2500 }],
    ['slow', { ms: 7000 }],
    ['slow', { ms: 3000, before: true }],
    ['unsigned', {}],
    ['bad_signature', {}],
    ['other_key', {}],
    ['stale', {}],
    ['unknown_serial', {}],
    ['probe', {}],
    ['probe_undecodable', {}],
    ['old_key', {}],
];

const callsFail = (operation, weight, excuses) => ({
    name: `wechat-${operation}`,
    place: `wechat ${operation}`,
    weight,
    excuses,
    async strike(to) {
        const [kind, more] = to.luck.pick(callTroubles);
        to.detail(kind);
        await simulatorFault(to, kind, { ...more, where: { operation }, chance: to.luck.pick([0.3, 0.6, 1]) }, 500, 6000);
    },
});
const wrongOrder = {
    name: 'wechat-wrong-order',
    place: 'wechat query',
    weight: 1,
    excuses: true,
    strike: (to) => simulatorFault(to, 'wrong_order', { where: { operation: 'query_no' }, chance: 0.7 }, 500, 3000),
};
const closingRaces = {
    name: 'paid-while-closing',
    place: 'wechat closing',
    weight: 4,
    excuses: false,
    async strike(to) {
        const kind = to.luck.pick(['paid_while_closing', 'paid_after_closing']);
        to.detail(kind);
        const more = kind === 'paid_after_closing' ? { ms: to.luck.pick([5, 100, 800, 3000]) } : {};
        await simulatorFault(to, kind, { ...more, chance: to.luck.pick([0.4, 1]) }, 2000, 6000);
    },
};
const wechatCloses = {
    name: 'wechat-closes',
    place: 'wechat closes',
    weight: 1,
    excuses: false,
    async strike(to) {
        const { orders } = await to.control('GET', 'orders?state=NOTPAY&limit=50');
        for (const one of to.luck.some(orders, 2)) await to.control('POST', 'close', { out_trade_no: one.out_trade_no });
    },
};
const lateMoney = {
    name: 'late-money',
    place: 'late money',
    weight: 3,
    excuses: false,
    async strike(to) {
        const { orders } = await to.control('GET', 'orders?state=CLOSED&limit=40');
        for (const one of to.luck.some(orders, 2)) {
            await to.control('POST', 'pay', { out_trade_no: one.out_trade_no, force: true }).catch(() => undefined); // reopened by nobody, but paid already
        }
    },
};

const signing = {
    name: 'signing-changes',
    place: 'signing',
    weight: 3,
    excuses: false,
    strike: (to) =>
        changedSettings(
            to,
            { signing: to.luck.pick(['public_key', 'certificate']), notice_signing: to.luck.pick(['mixed', 'public_key', 'certificate', null]) },
            1000,
            8000,
        ),
};
const clockNear = {
    name: 'wechat-clock-near',
    place: 'wechat clock',
    weight: 2,
    excuses: false,
    strike: (to) => changedSettings(to, { clock_offset_ms: to.luck.pick([-240_000, -60_000, 60_000, 240_000]) }, 1000, 6000),
};
const clockFar = {
    name: 'wechat-clock-far',
    place: 'wechat clock',
    weight: 1,
    excuses: true,
    strike: (to) => changedSettings(to, { clock_offset_ms: to.luck.pick([-3_600_000, -400_000, 400_000]) }, 1000, 5000),
};

export const wechatFaults = [
    callsFail('order', 4, false),
    callsFail('query', 4, true),
    callsFail('close', 4, false),
    callsFail('pay', 2, true),
    callsFail('refund_apply', 2, false),
    callsFail('refund_query', 1, false),
    wrongOrder,
    closingRaces,
    wechatCloses,
    lateMoney,
    signing,
    clockNear,
    clockFar,
];
