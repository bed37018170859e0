// The story of one order from all sides, for whoever has to find out: WeChat's view, our rows, what the clients were told, the logs.
import { logsOf } from '../support/logs.mjs';

const clock = (ms) => new Date(ms).toISOString().slice(11, 23);
const rows = async (lab, title, query) => [title, ...(await lab.sql(query)).map((row) => `    ${JSON.stringify(row)}`)];

async function atWechat(control, orderNo) {
    const order = await control('GET', `orders/${orderNo}`).catch(() => undefined);
    if (!order) return ['WeChat does not know it'];
    return [
        `WeChat: ${order.state}, ${order.total} fen, transaction ${order.transaction_id || 'none'}${order.late ? ', late' : ''}`,
        ...order.story.map(({ at, what, ...more }) => `    ${clock(at)} ${what} ${JSON.stringify(more)}`),
        ...order.notices.flatMap((notice) => [
            `    notice ${notice.id}: ${notice.state}`,
            ...notice.sends.map((send) => `        ${clock(send.at)} ${send.status} ${send.outcome} ${send.note ?? ''}`),
        ]),
    ];
}

function linesOfLogs(lab, orderNo) {
    const found = logsOf(lab).flatMap(({ name, text }) =>
        text
            .split('\n')
            .filter((line) => line.includes(orderNo))
            .map((line) => `    ${name}: ${line}`),
    );
    return [`logs (${found.length} lines)`, ...found.slice(0, 60)];
}

export async function storyOf(orderNo, { lab, control, witness, nemesis }) {
    const here = `order_no = '${orderNo}'`;
    const known = witness.orders.get(orderNo);
    const from = known?.takenAt ?? witness.told.find((one) => one.order_no === orderNo)?.at ?? 0;
    return [
        `order ${orderNo}`,
        ...(await atWechat(control, orderNo)),
        ...(await rows(
            lab,
            'orders',
            `SELECT id, state, attention, closing, amount_fen, created_ms, closed_ms, paid_ms, transaction_id, asked_count, next_ask_ms, lease_until_ms, version FROM orders WHERE ${here}`,
        )),
        ...(await rows(
            lab,
            'lines and bills',
            `SELECT l.line_no, l.amount_fen, l.credited_fen, b.id, b.due_fen, b.paid_fen, b.live_order_no, b.version FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN bills b ON b.id = l.bill_id WHERE o.${here}`,
        )),
        ...(await rows(lab, 'payments', `SELECT transaction_id, amount_fen, state, surplus_fen, learnt_by, booked_ms FROM payments WHERE ${here}`)),
        ...(await rows(
            lab,
            'journals',
            `SELECT j.kind, j.business_key, e.account, e.bill_id, e.amount_fen FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id WHERE j.business_key LIKE '%:${orderNo}%'`,
        )),
        ...(await rows(lab, 'messages', `SELECT business_key, state FROM outbox WHERE business_key LIKE '%:${orderNo}'`)),
        ...(await rows(lab, 'notices', `SELECT notice_id, outcome, received_count, received_ms, last_received_ms FROM notices WHERE ${here}`)),
        'clients were told',
        ...witness.told
            .filter((one) => one.order_no === orderNo || one.held_by === orderNo)
            .map(({ at, ...one }) => `    ${clock(at)} ${JSON.stringify(one)}`),
        known?.takenAt
            ? `    taken ${clock(known.takenAt)}, shown ${known.shownAt ? clock(known.shownAt) : 'never'}`
            : '    no money was seen to be taken',
        'faults from there on',
        ...(nemesis?.timeline ?? [])
            .filter((one) => one.to === undefined || one.to >= from - 5000)
            .slice(0, 20)
            .map((one) => `    ${clock(one.from)} to ${one.to ? clock(one.to) : '…'} ${one.name} ${one.detail}`),
        ...linesOfLogs(lab, orderNo),
    ];
}
