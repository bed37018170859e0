// Notices lost, late, doubled, out of order, forged, replayed.
import { changedSettings, simulatorFault } from './words.mjs';

// Of payments and of refunds.
const notices = (kind, weight, more = () => ({})) => ({
    name: kind.replaceAll('_', '-'),
    place: kind,
    weight,
    excuses: false,
    strike: (to) =>
        simulatorFault(to, kind, { ...more(to.luck), where: { operation: 'notice' }, chance: to.luck.pick([0.5, 1]) }, 1000, 6000),
});
// Rightly signed lies can only come from WeChat itself: what they do is tested one by one (tests/integration). wrong_amount would
// leave an order to finance for good, so it is rare here.
const forgeries = [
    [4, 'bad_signature'],
    [4, 'unsigned'],
    [4, 'unknown_serial'],
    [4, 'other_key'],
    [4, 'stale'],
    [4, 'probe'],
    [4, 'probe_undecodable'],
    [4, 'tampered'],
    [4, 'other_api_v3_key'],
    [4, 'unknown_order'],
    [4, 'other_mch'],
    [4, 'empty_aad'],
    [1, 'wrong_amount'],
];
const forged = {
    name: 'notice-forge',
    place: 'notice_forge',
    weight: 6,
    excuses: false,
    async strike(to) {
        const how = to.luck.weighted(forgeries);
        to.detail(how);
        const more = { how, instead: to.luck.chance(0.3), chance: how === 'wrong_amount' ? 0.1 : to.luck.pick([0.5, 1]) };
        await simulatorFault(to, 'notice_forge', { ...more, where: { operation: 'notice_payment' } }, 1000, 5000);
    },
};
const replayed = {
    name: 'notice-replay',
    place: 'notice replay',
    weight: 3,
    excuses: false,
    async strike(to) {
        const { payments } = await to.control('GET', 'books');
        for (const one of to.luck.some(payments, 3)) {
            await to.control('POST', `orders/${one.out_trade_no}/notice`, { times: to.luck.pick([1, 3, 20]) });
        }
    },
};
const paused = {
    name: 'notices-paused',
    place: 'notices paused',
    weight: 1,
    excuses: false,
    strike: (to) => changedSettings(to, { notices_paused: true }, 1000, 6000),
};

export const noticeFaults = [
    notices('notice_lost', 3),
    notices('notice_never', 3),
    notices('notice_delay', 2, (luck) => ({ ms: luck.whole(200, 6000) })),
    notices('notice_double', 3, (luck) => ({ copies: luck.whole(2, 20) })),
    notices('notice_reorder', 2, () => ({ ms: 3000 })),
    notices('notice_answer_lost', 3),
    forged,
    replayed,
    paused,
];
