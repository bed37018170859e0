// What must be true of one student's money, in memory: bills, orders and refunds as plain numbers. The real program is driven beside it.
// Nothing of the program is used here: this is the rule book written a second time, in the simplest words.
export class Model {
    /** bills: [{id, due}] */
    constructor(bills) {
        this.bills = bills.map(({ id, due }) => ({ id, due, paid: 0, heldBy: null }));
        this.orders = []; // {no, requestId, lines: [{bill, amount, credited, gone}], state: live|closed|paid|paid_late, moneyAtWechat}
        this.refunds = []; // {no, order, parts: [{line, amount}], state: asked|rejected|success}
    }

    bill(id) {
        return this.bills.find((bill) => bill.id === id);
    }
    owed = (bill) => bill.due - bill.paid;
    get payable() {
        return this.bills.filter((bill) => this.owed(bill) > 0 && !bill.heldBy);
    }
    get arrears() {
        return this.bills.reduce((sum, bill) => sum + this.owed(bill), 0);
    }
    /** All of it stood on bills once; `gone` went back. */
    get collected() {
        return this.orders.flatMap((order) => order.lines).reduce((sum, line) => sum + line.credited - line.gone, 0);
    }

    /** What opening these bills answers: 'opened', 'held' or 'nothing'. */
    judge(ids) {
        const chosen = ids.map((id) => this.bill(id));
        if (chosen.some((bill) => this.owed(bill) <= 0)) return 'nothing';
        if (chosen.some((bill) => bill.heldBy)) return 'held';
        return 'opened';
    }

    open(no, requestId, ids) {
        const order = { no, requestId, state: 'live', moneyAtWechat: false, lines: [] };
        for (const id of [...ids].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))) {
            const bill = this.bill(id);
            order.lines.push({ bill: id, amount: this.owed(bill), credited: 0, gone: 0, held: 0 });
            bill.heldBy = no;
        }
        this.orders.push(order);
        return order;
    }

    #free(order) {
        for (const bill of this.bills) if (bill.heldBy === order.no) bill.heldBy = null;
    }

    cancel(order) {
        order.state = 'closed';
        this.#free(order);
    }

    /** In time, or late: then lines whose bills are settled go back, and orders that stand in the way are given up first. */
    pay(order) {
        const late = order.state === 'closed';
        order.moneyAtWechat = true;
        order.state = late ? 'paid_late' : 'paid';
        for (const line of order.lines) {
            const bill = this.bill(line.bill);
            if (bill.heldBy && bill.heldBy !== order.no) this.cancel(this.orders.find((one) => one.no === bill.heldBy));
        }
        this.#free(order);
        let back = 0;
        for (const line of order.lines) {
            const bill = this.bill(line.bill);
            if (this.owed(bill) >= line.amount) {
                bill.paid += line.amount;
                line.credited = line.amount;
            } else {
                back += line.amount;
            }
        }
        order.surplusBack = back;
    }

    refundable(order) {
        return order.lines.map((line) => line.credited - line.held);
    }

    askRefund(no, order, index, amount, afterwards) {
        order.lines[index].held += amount;
        const refund = { no, order, index, amount, afterwards, state: 'asked' };
        this.refunds.push(refund);
        return refund;
    }

    reject(refund) {
        refund.state = 'rejected';
        refund.order.lines[refund.index].held -= refund.amount;
    }

    refund(refund) {
        refund.state = 'success';
        const line = refund.order.lines[refund.index];
        const bill = this.bill(line.bill);
        line.gone += refund.amount;
        bill.paid -= refund.amount;
        if (refund.afterwards === 'settled') bill.due -= refund.amount;
    }

    /** A new amount from a file: refused while the bill stands in an order, or below what is paid. */
    mayChangeDue(bill, due) {
        return !bill.heldBy && due >= bill.paid;
    }

    goneOf(order) {
        return order.lines.reduce((sum, line) => sum + line.gone, 0) + (order.surplusBack ?? 0);
    }
}
