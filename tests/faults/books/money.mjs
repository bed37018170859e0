// Money: WeChat's book, our payments, the ledger.
import { groupBy, hasMoney, isOdd, leftToDailyBill, sum } from './words.mjs';

export function providerTies(facts) {
    const { ours, theirs, paymentOf } = facts;
    const found = [];
    for (const one of theirs.payments) {
        const here = paymentOf.get(one.out_trade_no);
        if (!here && leftToDailyBill(facts, one.out_trade_no)) continue;
        if (!here) found.push({ order: one.out_trade_no, what: `WeChat took ${one.total} fen, which we do not have` });
        else if (
            !isOdd(facts, one.out_trade_no) &&
            (here.transaction_id !== one.transaction_id || here.amount_fen !== one.total || here.mch_id !== one.mch_id)
        ) {
            found.push({
                order: one.out_trade_no,
                what: `WeChat has ${one.total} fen as ${one.transaction_id}, we have ${here.amount_fen} as ${here.transaction_id}`,
            });
        }
    }
    const known = new Set(theirs.payments.map((one) => one.out_trade_no));
    for (const one of ours.payments)
        if (!known.has(one.order_no)) found.push({ order: one.order_no, what: 'we have a payment that WeChat never took' });
    return found;
}

export function totalsTie(facts) {
    const { ours, theirs } = facts;
    const found = [];
    const accounts = (prefix) =>
        sum(
            ours.entries.filter((one) => one.account.startsWith(prefix)),
            (one) => one.amount_fen,
        );
    const odd = new Set(ours.payments.filter((one) => one.state === 'odd').map((one) => one.order_no));
    const certain = (number) => !odd.has(number) && !leftToDailyBill(facts, number);
    const wechat = sum(
        theirs.payments.filter((one) => certain(one.out_trade_no)),
        (one) => one.total,
    );
    const kept = sum(
        ours.payments.filter((one) => certain(one.order_no)),
        (one) => one.amount_fen,
    );
    if (wechat !== kept) found.push({ what: `WeChat took ${wechat} fen in all, our payments are ${kept}` });
    // What left again: refunds that WeChat has taken from the account, arrived or on their way.
    const back = sum(
        ours.refunds.filter((one) => ['processing', 'abnormal', 'success'].includes(one.state)),
        (one) => one.amount_fen,
    );
    const paid = sum(ours.payments, (one) => one.amount_fen);
    if (accounts('provider:') !== paid - back)
        found.push({ what: `payments ${paid} less refunds ${back} are not the ledger's provider accounts: ${accounts('provider:')}` });
    const others = -sum(
        ours.entries.filter((one) => !one.account.startsWith('provider:')),
        (one) => one.amount_fen,
    );
    if (others !== accounts('provider:')) found.push({ what: `the ledger does not sum to zero: ${accounts('provider:')} against ${others}` });
    const surplus = sum(ours.payments, (one) => one.surplus_fen);
    const credited = sum(ours.lines, (one) => one.credited_fen - one.refunded_fen);
    if (-accounts('suspense') !== surplus) found.push({ what: `suspense is ${-accounts('suspense')}, payments kept back ${surplus}` });
    if (-accounts('fee:') !== credited) found.push({ what: `fee accounts are ${-accounts('fee:')}, order lines credited ${credited}` });
    return found;
}

export function oncePerEvent({ ours }) {
    const found = [];
    const twice = (list, key, what) => {
        for (const [name, all] of groupBy(list, key))
            if (all.length > 1) found.push({ order: all[0].order_no, what: `${what} ${name} ${all.length} times` });
    };
    twice(ours.payments, (one) => `${one.mch_id} ${one.transaction_id}`, 'transaction');
    twice(ours.payments, (one) => one.order_no, 'payment of order');
    twice(ours.journals, (one) => one.business_key, 'journal');
    twice(ours.outbox, (one) => one.business_key, 'message');
    twice(ours.notices, (one) => one.notice_id, 'notice');
    return found;
}

export function journalsBalance({ ours }) {
    const entries = groupBy(ours.entries, (one) => one.journal_id);
    return ours.journals.flatMap((one) => {
        const mine = entries.get(one.id) ?? [];
        if (mine.length < 2) return [{ what: `journal ${one.business_key} has ${mine.length} entries` }];
        const total = sum(mine, (entry) => entry.amount_fen);
        return total === 0 ? [] : [{ what: `journal ${one.business_key} sums to ${total}` }];
    });
}

/** Every paid order has exactly its payment, journal and message, and nobody else has one. */
export function paidOrdersComplete(facts) {
    const { ours, orderOf, paymentOf } = facts;
    const found = [];
    const journals = new Map(ours.journals.map((one) => [one.business_key, one]));
    const messages = new Set(ours.outbox.map((one) => one.business_key));
    for (const order of ours.orders) {
        const payment = paymentOf.get(order.order_no);
        const journal = journals.get(`payment:${order.order_no}`);
        const message = messages.has(`paid:${order.order_no}`);
        const complain = (what) => found.push({ order: order.order_no, what });
        if (payment?.state === 'odd') {
            if (hasMoney(order) || order.attention !== 'amount_differs' || !journal || message) complain('an odd payment is not kept as one');
            continue;
        }
        if (!hasMoney(order)) {
            if (payment || journal || message)
                complain(
                    `${order.state}, but it has ${[payment && 'a payment', journal && 'a journal', message && 'a message'].filter(Boolean).join(' and ')}`,
                );
            continue;
        }
        if (!payment || !journal || !message)
            complain(`${order.state} without ${[!payment && 'payment', !journal && 'journal', !message && 'message'].filter(Boolean).join(' and ')}`);
        else if (payment.transaction_id !== order.transaction_id || payment.amount_fen !== order.amount_fen) complain('order and payment differ');
        if (order.paid_ms === null || order.next_ask_ms !== null || order.closing) complain('paid, but still asked about or being closed');
    }
    for (const one of ours.payments) if (!orderOf.has(one.order_no)) found.push({ order: one.order_no, what: 'a payment without an order' });
    return found;
}

/** Money that was held back has a reason: it came late, or its bills were paid by another order. */
export function nothingStrands({ ours, orderOf, linesOf, theirs }) {
    const found = [];
    const late = new Map(theirs.payments.map((one) => [one.out_trade_no, one.late]));
    for (const one of ours.payments) {
        const order = orderOf.get(one.order_no);
        if (!order || one.state === 'odd') continue;
        const credited = sum(linesOf.get(order.id) ?? [], (line) => line.credited_fen - line.refunded_fen);
        const complain = (what) => found.push({ order: one.order_no, what });
        if (credited + one.surplus_fen + one.refund_done_fen !== one.amount_fen)
            complain(`${one.amount_fen} fen = ${credited} credited + ${one.surplus_fen} kept back + ${one.refund_done_fen} sent back?`);
        if (order.state === 'paid' && one.surplus_fen !== 0) complain(`paid in time, and ${one.surplus_fen} fen reached no bill`);
        if (one.state === 'parked') complain('late money still waits for its place');
        if (one.state === 'settled' && one.surplus_fen !== 0) complain('settled with a surplus');
        if (order.state === 'paid_late' && late.get(one.order_no) === false) complain('closed here although WeChat had the money before');
    }
    return found;
}
