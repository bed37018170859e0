// What must be true at every moment, looked at while the storm goes on: each statement sees one committed state.
import { setTimeout as sleep } from 'node:timers/promises';

const looks = {
    'a bill is held by a live order of its own, at every moment': `
        SELECT o.order_no, CONCAT(o.state, ', and bill ', l.bill_id, ' is held by ', COALESCE(b.live_order_no, 'nobody')) AS what
        FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN bills b ON b.id = l.bill_id
        WHERE o.state IN ('opened', 'awaiting') AND COALESCE(b.live_order_no, '') <> o.order_no
        UNION ALL
        SELECT b.live_order_no, CONCAT('holds bill ', b.id, ', and is ', COALESCE(o.state, 'not there'))
        FROM bills b LEFT JOIN orders o ON o.order_no = b.live_order_no
        WHERE b.live_order_no IS NOT NULL AND COALESCE(o.state, '') NOT IN ('opened', 'awaiting')`,
    'no bill is paid more than is due, at every moment': `
        SELECT live_order_no AS order_no, CONCAT('bill ', id, ': ', paid_fen, ' of ', due_fen) AS what FROM bills WHERE paid_fen < 0 OR paid_fen > due_fen`,
    'order, payment, journal and message come together, at every moment': `
        SELECT o.order_no, CONCAT(o.state, IF(p.id IS NULL, ' without', ' with'), ' payment,', IF(j.id IS NULL, ' without', ' with'), ' journal,',
               IF(m.id IS NULL, ' without', ' with'), ' message') AS what
        FROM orders o LEFT JOIN payments p ON p.order_no = o.order_no AND p.state <> 'odd'
        LEFT JOIN ledger_journals j ON j.business_key = CONCAT('payment:', o.order_no) AND j.kind <> 'payment_odd'
        LEFT JOIN outbox m ON m.business_key = CONCAT('paid:', o.order_no)
        WHERE (o.state IN ('paid', 'paid_late')) <> (p.id IS NOT NULL) OR (p.id IS NULL) <> (j.id IS NULL) OR (p.id IS NULL) <> (m.id IS NULL)`,
    'what is open will be asked about soon, at every moment': `
        SELECT order_no, CONCAT(state, ', next asked about in ', COALESCE(next_ask_ms - UNIX_TIMESTAMP(NOW(3)) * 1000, 'eternity'), ' ms') AS what
        FROM orders WHERE state IN ('opened', 'awaiting') AND COALESCE(attention, '') <> 'amount_differs'
        AND (next_ask_ms IS NULL OR next_ask_ms > UNIX_TIMESTAMP(NOW(3)) * 1000 + 50000)`,
    'every journal sums to zero, at every moment': `
        SELECT NULL AS order_no, CONCAT('journal ', journal_id, ' sums to ', SUM(amount_fen)) AS what FROM ledger_entries GROUP BY journal_id HAVING SUM(amount_fen) <> 0`,
};

export const alwaysRules = Object.keys(looks);

/** Looks until the world has ended; answers [{ rule, order?, what }], each finding once. */
export async function watchAlways(world) {
    const found = new Map();
    while (!world.ended) {
        for (const [rule, query] of Object.entries(looks)) {
            const rows = await world.lab.sql(query).catch(() => []); // the database is away
            for (const { order_no: order, what } of rows) {
                const key = `${rule} ${order} ${what}`;
                if (!found.has(key)) found.set(key, { rule, order: order ?? undefined, what: `${what} (${new Date().toISOString().slice(11, 23)})` });
            }
        }
        await sleep(1500);
    }
    return [...found.values()];
}
