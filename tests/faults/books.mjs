// Do the books tie? WeChat's own book, our orders, bills, payments, ledger, notices and messages, and what the clients were told,
// are held against each other. It only reads. Each rule answers a list of findings { order?, what }; a sound run has none.
import { importsAreWhole, noticesAreKept, oddNoticesAreTaken, openAnswersAreTrue, statesAreTrue } from './books/answers.mjs';
import { journalsBalance, nothingStrands, oncePerEvent, paidOrdersComplete, providerTies, totalsTie } from './books/money.mjs';
import {
    billsAreRight,
    closedHereIsClosedThere,
    everyNumberIsOurs,
    holdsAreRight,
    openOrdersAreWatched,
    ordersAreWhole,
    wechatIsNotHammered,
} from './books/orders.mjs';
import { refundsTie } from './books/refunds.mjs';

export { readBooks } from './books/read.mjs';
export { leftToDailyBill } from './books/words.mjs';

/** Rules by their name. */
export const rules = {
    'every payment at WeChat is in our books, and none besides': providerTies,
    'WeChat = payments = ledger = bills + suspense': totalsTie,
    'each event is booked once': oncePerEvent,
    'every journal sums to zero': journalsBalance,
    'every paid order has its payment, journal and message': paidOrdersComplete,
    'money that was kept back has a reason': nothingStrands,
    'bills are paid what the ledger says, never more than due': billsAreRight,
    'a bill stands in one live order, and in none that has ended': holdsAreRight,
    'each order is the sum of its lines': ordersAreWhole,
    'what is open is honestly open and watched': openOrdersAreWatched,
    'WeChat is not asked without rest': wechatIsNotHammered,
    'closed here is closed at WeChat': closedHereIsClosedThere,
    'every order at WeChat is ours': everyNumberIsOurs,
    'notices answered with success are kept; forged ones are not': noticesAreKept,
    'a genuine but odd notice is taken': oddNoticesAreTaken,
    'refunds tie': refundsTie,
    'what was answered about opening is true': openAnswersAreTrue,
    'no answer contradicts another or the books': statesAreTrue,
    'imports are whole': (facts, _witness, importer) => importsAreWhole(facts, importer),
};

/** [{ rule, order?, what }] of everything that does not tie. */
export function judgeBooks(facts, witness, importer) {
    return Object.entries(rules).flatMap(([rule, look]) => look(facts, witness, importer).map((one) => ({ rule, ...one })));
}
