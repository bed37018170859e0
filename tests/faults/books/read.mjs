// Everything that the rules look at, read once: WeChat's own book and our tables.
import { groupBy } from './words.mjs';

const numbers = (rows, ...columns) => {
    for (const row of rows) for (const column of columns) if (row[column] !== null && row[column] !== undefined) row[column] = Number(row[column]);
    return rows;
};

export async function readBooks(lab, control) {
    const [{ now }] = numbers(await lab.sql('SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now'), 'now');
    const ours = {
        now,
        orders: numbers(
            await lab.sql(`SELECT id, order_no, person_id, request_id, state, mch_id, amount_fen, created_ms, pay_until_ms, preparing_until_ms, closing,
                           closed_ms, paid_ms, transaction_id, asked_count, next_ask_ms, lease_until_ms, attention, prepay_id FROM orders`),
            'amount_fen',
            'created_ms',
            'pay_until_ms',
            'preparing_until_ms',
            'closing',
            'closed_ms',
            'paid_ms',
            'asked_count',
            'next_ask_ms',
            'lease_until_ms',
        ),
        lines: numbers(
            await lab.sql('SELECT order_id, line_no, bill_id, item_id, amount_fen, credited_fen, refunded_fen FROM order_lines'),
            'amount_fen',
            'credited_fen',
            'refunded_fen',
        ),
        bills: numbers(
            await lab.sql(`SELECT b.id, b.person_id, p.student_no, b.period, i.name AS item, b.standard_fen, b.due_fen, b.paid_fen, b.live_order_no
                           FROM bills b JOIN people p ON p.id = b.person_id JOIN fee_items i ON i.id = b.item_id`),
            'standard_fen',
            'due_fen',
            'paid_fen',
        ),
        adjustments: numbers(await lab.sql('SELECT bill_id, amount_fen FROM bill_adjustments'), 'amount_fen'),
        payments: numbers(
            await lab.sql('SELECT id, mch_id, transaction_id, order_no, amount_fen, state, surplus_fen, refund_done_fen, learnt_by FROM payments'),
            'amount_fen',
            'surplus_fen',
            'refund_done_fen',
        ),
        journals: await lab.sql('SELECT id, kind, business_key FROM ledger_journals'),
        entries: numbers(await lab.sql('SELECT journal_id, account, bill_id, amount_fen FROM ledger_entries'), 'amount_fen'),
        outbox: await lab.sql('SELECT kind, business_key, state FROM outbox'),
        notices: numbers(await lab.sql('SELECT notice_id, event_type, order_no, outcome, received_count FROM notices'), 'received_count'),
        refunds: numbers(await lab.sql('SELECT out_refund_no, order_no, mch_id, amount_fen, state FROM refunds'), 'amount_fen'),
    };
    const books = await control('GET', 'books');
    const { orders } = await control('GET', 'orders?limit=1000000');
    const byNumber = (list, key) => new Map(list.map((one) => [one[key], one]));
    return {
        ours,
        orderOf: byNumber(ours.orders, 'order_no'),
        orderById: byNumber(ours.orders, 'id'),
        paymentOf: byNumber(ours.payments, 'order_no'),
        linesOf: groupBy(ours.lines, (line) => line.order_id),
        theirs: { payments: books.payments, refunds: books.refunds, orders: byNumber(orders, 'out_trade_no') },
    };
}
