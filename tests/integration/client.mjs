// A student's phone and the simulator's staff, as the checks of this folder need them.
import { controlOf, eventually } from '../support/control.mjs';
import { Lab } from '../support/lab.mjs';
import { Phone as PlainPhone } from '../support/phone.mjs';
import { judgeAnswer } from './contract.mjs';

export const lab = Lab.here();
export const stack = lab;

/** The simulator's control API. */
export const control = controlOf(lab);
export { eventually };

export const fault = (kind, more = {}) => control('POST', 'faults', { kind, ...more });

/** Nothing of one check reaches the next. */
export async function calm() {
    await control('DELETE', 'faults');
    await control('POST', 'settings', { notices_paused: false });
    await control('DELETE', 'violations');
}

/** campuspay as a command: { status, out }. */
export const campuspay = (...words) => lab.campuspay(...words);

const bills = lab.college('bills');
const owes = (one) => bills.some((bill) => (one.学号 ? bill.学号 === one.学号 : bill.证件号码 === one.证件号码));
const everybody = lab.college('students');
export const everyone = () => everybody;
/** The demo accounts: owes two years; new; owes nothing. */
export const [twoYears, newcomer, settled] = everybody;

// Each check takes students of its own, so that none depends on the order of checks.
const inDebt = everybody.slice(3).filter((one) => one.学号 && owes(one));
const startAt = { money: 0, faults: 12, messages: 34, service: 38, entry: 44, orders: 70, lost: 105, crash: 185, modes: 215, fuzz: 225, twins: 235, refunds: 260, messages_out: 290, choices: 350, model: 410, accounts: 470, fees: 486, receipts: 520, family: 530, operators: 560, console_orders: 640, console_refunds: 660, reconcile: 0, console_days: 0 };
let taken = 0;
export function nextStudent(area) {
    const one = inDebt[startAt[area] + taken++];
    if (!one) throw new Error('the invented college is too small');
    return one;
}

/** A phone whose every answer is held against the contract. */
export class Phone extends PlainPhone {
    constructor(options = {}) {
        super({ lab, judge: judgeAnswer, ...options });
    }
}

/** A follower who is signed in and stands before his arrears. */
export async function studentOnPhone(student) {
    const phone = await new Phone().follow();
    await phone.enter();
    await phone.signIn(student);
    return phone;
}

export const payInWechat = (orderNo, more = {}) => control('POST', 'pay', { out_trade_no: orderNo, ...more });
