// Words that the rules share.
export const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
export const groupBy = (list, key) => {
    const out = new Map();
    for (const one of list) {
        if (!out.has(key(one))) out.set(key(one), []);
        out.get(key(one)).push(one);
    }
    return out;
};
export const live = (order) => order.state === 'opened' || order.state === 'awaiting';
export const hasMoney = (order) => order.state === 'paid' || order.state === 'paid_late';

// Forged notices: not from WeChat, or rightly signed about something else.
export const spoilt = new Set([
    'bad_signature',
    'probe',
    'probe_undecodable',
    'unsigned',
    'unknown_serial',
    'other_key',
    'stale',
    'other_api_v3_key',
    'tampered',
]);
export const lies = new Set(['wrong_amount', 'unknown_order', 'other_mch']);
/** The send was answered with success. */
export const succeeded = (send) => [200, 204].includes(send.status);

/**
 * Closed for good, as WeChat itself had said; then the money came after all, and no notice of it was ever taken. Nobody asks about a
 * closed order: the daily bill brings such money in.
 */
export function leftToDailyBill({ orderOf, theirs }, orderNo) {
    const there = theirs.orders.get(orderNo);
    const told = there?.notices.some((notice) => notice.sends.some((send) => succeeded(send) && !spoilt.has(send.note) && !lies.has(send.note)));
    return Boolean(there?.late && !told && orderOf.get(orderNo)?.state === 'closed');
}

// The order was left to a person because a rightly signed notice told another amount; it is booked as it said.
export const isOdd = ({ paymentOf }, orderNo) => paymentOf.get(orderNo)?.state === 'odd';
