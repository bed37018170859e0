// Refunds: WeChat's book of them against ours.
import { groupBy, sum } from './words.mjs';

export function refundsTie({ ours, theirs, paymentOf }) {
    const found = [];
    const there = new Map(theirs.refunds.filter((one) => one.by === 'api').map((one) => [one.out_refund_no, one]));
    const here = new Map(ours.refunds.map((one) => [one.out_refund_no, one]));
    for (const one of there.values()) {
        const mine = here.get(one.out_refund_no);
        const complain = (what) => found.push({ order: one.out_trade_no, what: `refund ${one.out_refund_no}: ${what}` });
        if (!mine) complain('WeChat alone knows it');
        else if (mine.amount_fen !== one.refund || mine.order_no !== one.out_trade_no) complain('it differs');
        else if (one.status === 'SUCCESS' && mine.state !== 'success') complain(`WeChat has paid it back, we have it as ${mine.state}`);
        else if (['asked', 'rejected', 'refused'].includes(mine.state)) complain(`WeChat has it as ${one.status}, we as ${mine.state}`);
        else if (one.status === 'CLOSED' && mine.state !== 'closed') complain(`WeChat has closed it, we have it as ${mine.state}`);
    }
    for (const one of here.values()) {
        const theirStatus = there.get(one.out_refund_no)?.status;
        if (one.state === 'success' && theirStatus !== 'SUCCESS')
            found.push({ order: one.order_no, what: `refund ${one.out_refund_no} succeeded here and is ${theirStatus ?? 'unknown'} there` });
    }
    const reserved = groupBy(
        ours.refunds.filter((one) => !['rejected', 'closed', 'refused'].includes(one.state)),
        (one) => one.order_no,
    );
    for (const [orderNo, all] of reserved) {
        const back = sum(all, (one) => one.amount_fen);
        const paid = paymentOf.get(orderNo)?.amount_fen ?? 0;
        if (back > paid) found.push({ order: orderNo, what: `${back} fen are to go back of ${paid} paid` });
    }
    return found;
}
