// "Whatever is lost on the way, a payment shows its true state within 60 seconds while WeChat can be reached": measured, from the
// moment the money was taken to the moment a page showed it.
import { leftToDailyBill } from './books.mjs';

export const promisedMs = 60_000;

/**
 * The moment from which the promise counts: the money was taken, and no fault that excuses us was on. One that came before the
 * page showed it starts the clock again at its end.
 */
export function promisedFrom(known, timeline, seenAt) {
    let from = known.takenAt;
    for (const fault of [...timeline].sort((a, b) => a.from - b.from)) {
        const to = fault.to ?? seenAt;
        if (fault.excuses && fault.from < Math.min(seenAt, from + promisedMs) && to > from) from = Math.min(to, seenAt);
    }
    return from;
}

/** Payments that were not shown in time: [{ order, what }]. */
export function lateShows(witness, facts, timeline, now) {
    return [...witness.orders.values()]
        .filter(
            (one) =>
                one.watched && one.takenAt !== undefined && facts.paymentOf.get(one.orderNo)?.state !== 'odd' && !leftToDailyBill(facts, one.orderNo),
        )
        .flatMap((one) => {
            const seenAt = one.shownAt ?? now;
            const waited = seenAt - promisedFrom(one, timeline, seenAt);
            if (one.shownAt !== undefined && waited <= promisedMs) return [];
            if (one.shownAt === undefined && waited < 1000) return []; // taken just now
            return [
                { order: one.orderNo, what: one.shownAt === undefined ? `taken, and not shown for ${waited} ms` : `shown only after ${waited} ms` },
            ];
        });
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** One line of figures, in milliseconds. */
function figures(name, values) {
    const sorted = values.toSorted((a, b) => a - b);
    if (sorted.length === 0) return `${name.padEnd(44)} none`;
    return `${name.padEnd(44)} ${String(sorted.length).padStart(5)}   median ${at(sorted, 0.5)}   99 % ${at(sorted, 0.99)}   max ${sorted.at(-1)} ms`;
}

/** The table that a run prints: with notices lost and not lost, page open or closed, and counted from the end of faults. */
export function timesTable(witness, facts, timeline) {
    const shown = [...witness.orders.values()].filter((one) => one.takenAt !== undefined && one.shownAt !== undefined);
    const noticeCame = (one) =>
        (facts.theirs.orders.get(one.orderNo)?.notices ?? []).some((notice) =>
            notice.sends.some((send) => send.status === 204 && send.at <= one.shownAt + 1000),
        );
    const times = (list) => list.map((one) => Math.max(0, one.shownAt - one.takenAt));
    const [came, lost] = [shown.filter(noticeCame), shown.filter((one) => !noticeCame(one))];
    // Whether any page asked the server to ask WeChat; looking at an order asks nobody.
    const open = (list) => list.filter((one) => one.asked);
    const closed = (list) => list.filter((one) => !one.asked);
    return [
        'from money taken to page shows paid, faults and all:',
        figures('  all', times(shown)),
        figures('  a notice came through', times(came)),
        figures('  no notice, the page stayed open and asked', times(open(lost))),
        figures('  no notice, nobody asked but the watch', times(closed(lost))),
        figures(
            '  counted from the end of what excuses us',
            shown.map((one) => Math.max(0, one.shownAt - promisedFrom(one, timeline, one.shownAt))),
        ),
    ];
}
