// Bills and orders: who holds what, what is open, what is closed.
import { groupBy, hasMoney, leftToDailyBill, live, sum } from './words.mjs';

export function billsAreRight({ ours }) {
    const found = [];
    const credited = groupBy(ours.lines, (line) => line.bill_id);
    const booked = groupBy(
        ours.entries.filter((one) => one.account.startsWith('fee:')),
        (one) => one.bill_id,
    );
    const adjusted = groupBy(ours.adjustments, (one) => one.bill_id);
    for (const bill of ours.bills) {
        const complain = (what) => found.push({ bill: bill.id, order: bill.live_order_no ?? undefined, what: `bill ${bill.id}: ${what}` });
        if (bill.paid_fen < 0 || bill.paid_fen > bill.due_fen) complain(`${bill.paid_fen} paid of ${bill.due_fen}`);
        const inLedger = -sum(booked.get(bill.id) ?? [], (one) => one.amount_fen);
        if (inLedger !== bill.paid_fen) complain(`${bill.paid_fen} paid, ${inLedger} in the ledger`);
        const byLines = sum(credited.get(bill.id) ?? [], (one) => one.credited_fen - one.refunded_fen);
        if (byLines !== bill.paid_fen) complain(`${bill.paid_fen} paid, ${byLines} by order lines`);
        const due = bill.standard_fen + sum(adjusted.get(bill.id) ?? [], (one) => one.amount_fen);
        if (due !== bill.due_fen) complain(`${bill.due_fen} due, ${due} by standard and adjustments`);
    }
    return found;
}

/** A bill stands in one live order only, and in none that has ended. */
export function holdsAreRight({ ours, orderOf, orderById, linesOf }) {
    const found = [];
    const bills = new Map(ours.bills.map((bill) => [bill.id, bill]));
    const inLive = new Map();
    for (const line of ours.lines) {
        const order = orderById.get(line.order_id);
        if (!order) found.push({ what: `order lines of no order: ${line.order_id}` });
        else if (live(order)) {
            if (inLive.has(line.bill_id))
                found.push({ order: order.order_no, what: `bill ${line.bill_id} stands in ${inLive.get(line.bill_id)} too` });
            inLive.set(line.bill_id, order.order_no);
            const holder = bills.get(line.bill_id)?.live_order_no;
            if (holder !== order.order_no) found.push({ order: order.order_no, what: `its bill ${line.bill_id} is held by ${holder ?? 'nobody'}` });
        }
    }
    for (const bill of ours.bills) {
        if (bill.live_order_no === null) continue;
        const order = orderOf.get(bill.live_order_no);
        const named = order && (linesOf.get(order.id) ?? []).some((line) => line.bill_id === bill.id);
        if (!order || !live(order) || !named || order.person_id !== bill.person_id) {
            found.push({ order: bill.live_order_no, what: `bill ${bill.id} is held by an order that is ${order?.state ?? 'not there'}` });
        }
    }
    return found;
}

export function ordersAreWhole({ ours, linesOf }) {
    return ours.orders.flatMap((order) => {
        const lines = linesOf.get(order.id) ?? [];
        const found = [];
        if (lines.length === 0 || sum(lines, (line) => line.amount_fen) !== order.amount_fen)
            found.push({ order: order.order_no, what: 'it is not the sum of its lines' });
        if (!hasMoney(order) && lines.some((line) => line.credited_fen !== 0))
            found.push({ order: order.order_no, what: `${order.state}, but lines are credited` });
        if (lines.some((line) => line.credited_fen !== 0 && line.credited_fen !== line.amount_fen))
            found.push({ order: order.order_no, what: 'half a line is credited' });
        return found;
    });
}

const watchEvery = 45_000 + 5_000; // rules/watching.hpp, and room for a busy machine
const giveUpAfter = 60_000; // close_grace_ms

/** What is still open is honestly open: WeChat would still take money for it, and we shall ask soon. */
export function openOrdersAreWatched({ ours, theirs }) {
    return ours.orders.filter(live).flatMap((order) => {
        const found = [];
        const complain = (what) => found.push({ order: order.order_no, what: `${order.state}: ${what}` });
        const there = theirs.orders.get(order.order_no);
        if (order.attention === 'amount_differs') return found; // a person has it
        if (order.next_ask_ms === null) complain('nobody will ever ask about it');
        else if (order.next_ask_ms > ours.now + watchEvery) complain(`asked about only in ${Math.round((order.next_ask_ms - ours.now) / 1000)} s`);
        if (order.lease_until_ms > ours.now + 65_000) complain('leased too long');
        if (order.preparing_until_ms > ours.now + 10_000) complain('claimed by somebody who prepares it for too long');
        if (order.closing) complain('given up, and not yet over');
        if (ours.now > order.pay_until_ms + giveUpAfter + watchEvery) complain('its time is over, and it was not closed');
        if (there && there.state !== 'NOTPAY') complain(`WeChat has it as ${there.state}`);
        return found;
    });
}

/** The sweep asks again after seconds, then widening; a student who waits may hurry it to every three seconds. */
export function wechatIsNotHammered({ ours }) {
    return ours.orders.flatMap((order) => {
        const age = (order.closed_ms ?? order.paid_ms ?? ours.now) - order.created_ms;
        const most = 6 + Math.max(0, age) / 2500;
        return order.asked_count > most
            ? [{ order: order.order_no, what: `the sweep asked ${order.asked_count} times in ${Math.round(age / 1000)} s` }]
            : [];
    });
}

export function closedHereIsClosedThere(facts) {
    const { ours, theirs } = facts;
    return ours.orders
        .filter((order) => order.state === 'closed')
        .flatMap((order) => {
            const there = theirs.orders.get(order.order_no);
            const found = [];
            if (there && there.state !== 'CLOSED' && !leftToDailyBill(facts, order.order_no))
                found.push({ order: order.order_no, what: `closed here, and WeChat has it as ${there.state}` });
            if (order.closed_ms === null || order.next_ask_ms !== null || order.closing)
                found.push({ order: order.order_no, what: 'closed, but not put away' });
            return found;
        });
}

export function everyNumberIsOurs({ orderOf, theirs }) {
    return [...theirs.orders.keys()].filter((number) => !orderOf.has(number)).map((number) => ({ order: number, what: 'WeChat alone knows it' }));
}
