import { items, offers, uniformFen } from './catalogue.mjs';

const period = (from) => `${from}-${from + 1}学年`;

/** What one student owes. Nothing is ever part-paid here: payments come through orders alone. */
export function billsOf(random, student, year) {
    const years = yearsOwed(student, year);
    return years.flatMap((from) => {
        const owed = [['学费', student.major.tuition]];
        if (student.dormitory) owed.push(['住宿费', student.dormitory]);
        if (from === year) owed.push(['教材费', student.major.books]);
        if (from === year && student.grade === year) owed.push(['军训服装费', uniformFen]);
        return owed.map(([item, fen]) => ({ student, period: period(from), item, fen, dueOn: `${from}-12-31` }));
    });
}

function yearsOwed(student, year) {
    const first = Math.max(student.grade, year - 2);
    const from = { none: year + 1, current: year, 'last-two': Math.max(first, year - 1), all: first }[student.arrears];
    const years = [];
    for (let y = from; y <= year; ++y) years.push(y);
    return years;
}

export const yuan = (fen) => `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;

export function billsTable(bills) {
    return [
        ['学号', '证件号码', '收费区间', '收费项目', '应缴金额', '截止日期'],
        // A student without a number is named by the ID number, everybody else by the number alone.
        ...bills.map((bill) => [
            bill.student.number,
            bill.student.number ? '' : bill.student.idNumber,
            bill.period,
            bill.item,
            yuan(bill.fen),
            bill.dueOn,
        ]),
    ];
}

const offerColumns = ['收费区间', '价格', '最低金额', '最高金额', '充值对象', '对象提示', '对象格式', '名额', '开放日期', '截止日期', '开放前提示', '截止后提示', '说明', '表单'];

export function itemsTable(merchant, year) {
    const offered = offers(year);
    return [
        ['项目名称', '类别', '商户号', '必缴', '顺序', ...offerColumns],
        ...items.map((item, i) => [item.name, item.category, merchant, item.required ? '是' : '否', String(i + 1), ...offerColumns.map(() => '')]),
        ...offered.map((one, i) => [one.项目名称, one.类别, merchant, '否', String(items.length + i + 1), ...offerColumns.map((name) => one[name] ?? '')]),
    ];
}
