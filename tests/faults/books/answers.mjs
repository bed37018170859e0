// What was answered: to WeChat's notices, to the clients, to the office that imports.
import { groupBy, lies, spoilt, succeeded } from './words.mjs';

/** Each send that was answered with success is kept; nothing that is not from WeChat was. */
export function noticesAreKept({ ours, theirs }) {
    const found = [];
    const kept = new Map(ours.notices.map((one) => [one.notice_id, one]));
    for (const order of theirs.orders.values()) {
        for (const notice of order.notices) {
            const good = notice.sends.filter((send) => succeeded(send) && (send.note === undefined || send.note === 'empty_aad')).length;
            const here = kept.get(notice.id)?.received_count ?? 0;
            if (here < good) found.push({ order: order.out_trade_no, what: `notice answered with success ${good} times, kept ${here} times` });
            const taken = notice.sends.find((send) => succeeded(send) && spoilt.has(send.note));
            if (taken) found.push({ order: order.out_trade_no, what: `a forged notice (${taken.note}) was answered with success` });
        }
    }
    return found;
}

/** A genuine but odd notice is kept and answered with success; only a machine that is down or a clock may refuse it. */
export function oddNoticesAreTaken({ theirs }) {
    const excused = [0, 200, 204, 401, 502, 503];
    return [...theirs.orders.values()].flatMap((order) =>
        order.notices.flatMap((notice) =>
            notice.sends
                .filter((send) => lies.has(send.note) && !excused.includes(send.status))
                .slice(0, 1)
                .map((send) => ({ order: order.out_trade_no, what: `an odd notice (${send.note}) was answered with ${send.status}` })),
        ),
    );
}

export function openAnswersAreTrue(facts, witness) {
    const { orderOf, linesOf, ours } = facts;
    const found = [];
    const requests = groupBy(
        witness.told.filter((one) => one.what === 'open'),
        (one) => one.request_id,
    );
    const made = groupBy(ours.orders, (order) => order.request_id);
    for (const [requestId, answers] of requests) {
        const opened = answers.filter((one) => one.status === 200);
        const orderNos = new Set(opened.map((one) => one.order_no));
        if (orderNos.size > 1) found.push({ order: [...orderNos][0], what: `one request opened ${[...orderNos].join(' and ')}` });
        for (const { order_no: orderNo, bill_ids: wanted, total_fen: total } of opened.slice(0, 1)) {
            const order = orderOf.get(orderNo);
            if (!order) {
                found.push({ order: orderNo, what: 'opened, said the answer; it is not there' });
                continue;
            }
            const bills = (linesOf.get(order.id) ?? []).map((line) => line.bill_id);
            if (order.amount_fen !== total || bills.sort().join() !== [...wanted].sort().join())
                found.push({ order: orderNo, what: 'opened over other bills than were asked for' });
            if (order.request_id !== requestId) found.push({ order: orderNo, what: 'of another request than the answer said' });
        }
        // Held by the very order that this request opened: a repeat must find it instead.
        const own = answers.find((one) => one.held_by && orderNos.has(one.held_by));
        if (own) found.push({ order: own.held_by, what: 'a repeated request was refused because of its own order' });
        // "It cannot be paid any more" speaks of an order that is there: an earlier answer was lost on the way.
        const certain = answers.every((one) => one.status >= 400 && one.status < 500 && one.code !== 'order_not_payable');
        if (certain && made.has(requestId))
            found.push({ order: made.get(requestId)[0].order_no, what: `every answer refused it (${answers[0].code}), and it was opened` });
    }
    return found;
}

export function statesAreTrue({ orderOf }, witness) {
    const found = witness.contradictions.map(({ orderNo, what }) => ({ order: orderNo, what }));
    for (const [orderNo, known] of witness.orders) {
        const order = orderOf.get(orderNo);
        const said = (state) => known.states.some((one) => one.state === state);
        if (known.states.length > 0 && !order) found.push({ order: orderNo, what: 'a client saw it; it is not there' });
        if (!order) continue;
        if ((said('paid') && order.state !== 'paid') || (said('paid_late') && order.state !== 'paid_late'))
            found.push({ order: orderNo, what: `a client saw it paid; it is ${order.state}` });
        if (said('closed') && !['closed', 'paid_late'].includes(order.state))
            found.push({ order: orderNo, what: `a client saw it closed; it is ${order.state}` });
        // Rule 2: nothing new is made for a retry while the old one is good for two hours.
        if (known.prepay.size > 1) found.push({ order: orderNo, what: `clients were given ${known.prepay.size} different prepay ids` });
    }
    return found;
}

export function importsAreWhole({ ours }, importer) {
    const found = [];
    const bills = new Map(ours.bills.map((bill) => [`${bill.student_no} ${bill.period} ${bill.item}`, bill]));
    const latest = new Map();
    for (const { period, rows, written } of importer?.batches ?? []) {
        for (const [number, items] of rows) {
            for (const [item, fen] of items) {
                const key = `${number} ${period} ${item}`;
                if (written) latest.set(key, [fen]);
                else latest.set(key, [...(latest.get(key) ?? [undefined]), fen]); // cut at the end of the run: either is right
            }
        }
    }
    for (const [key, amounts] of latest)
        if (!amounts.includes(bills.get(key)?.standard_fen))
            found.push({ what: `imported bill of ${key.split(' ')[1]}: ${bills.get(key)?.standard_fen} instead of ${amounts.join(' or ')}` });
    return found;
}
