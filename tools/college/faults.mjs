// What goes wrong in real exports, put into the tables on purpose. Answers a table that lists each: file, line in the file
// (the header is line 1), column, what it is, and whether an import must refuse the row or take it.

export function addFaults(random, tables) {
    const list = [['文件', '行', '列', '问题', '应当']];
    const { students, bills } = tables;
    const spots = { students: spread(random, students.length), bills: spread(random, bills.length) };

    const change = (file, column, what, verdict, edit) => {
        const table = tables[file];
        const line = spots[file].next().value;
        if (line === undefined) return;
        const at = table[0].indexOf(column);
        const replaced = edit(table[line][at], table[line]);
        if (replaced !== undefined) table[line][at] = replaced;
        list.push([`${file}.csv`, String(line + 1), column, what, verdict]);
    };
    const repeat = (file, column, what, verdict, edit = (row) => row) => {
        const table = tables[file];
        const line = spots[file].next().value;
        if (line === undefined) return;
        table.push(edit([...table[line]]));
        list.push([`${file}.csv`, String(table.length), column, what, verdict]);
    };
    const wrongDigit = (id) => id.slice(0, 17) + (id[17] === '0' ? '1' : '0');

    change('students', '证件号码', '校验位错误', '拒绝', wrongDigit);
    change('students', '证件号码', '出生日期不存在', '拒绝', (id) => `${id.slice(0, 10)}0230${id.slice(14)}`);
    change('students', '证件号码', '被Excel改成科学计数', '拒绝', () => '2.20101E+17');
    change('students', '证件号码', '末位小写x', '接受', (id) => id.toLowerCase());
    change('students', '姓名', '姓名为空', '拒绝', () => '');
    change('students', '姓名', '首尾空格', '接受', (name) => `  ${name} `);
    change('students', '学院', '含逗号和引号的单元格', '接受', (name) => `${name}"东区",一分院`);
    change('students', '学生类别', '未知类别', '拒绝', () => '旁听');
    change('students', '手机号', '手机号格式错误', '拒绝', () => '1380000');
    repeat('students', '证件号码', '整行重复', '拒绝');

    change('bills', '应缴金额', '千分位带引号', '接受', (text) => grouped(text));
    change('bills', '应缴金额', '一位小数', '接受', (text) => text.slice(0, -1));
    change('bills', '应缴金额', '三位小数', '拒绝', (text) => `${text}5`);
    change('bills', '应缴金额', '负数', '拒绝', (text) => `-${text}`);
    change('bills', '应缴金额', '带货币符号', '拒绝', (text) => `￥${text}`);
    change('bills', '应缴金额', '未加引号的千分位使列错位', '拒绝', (text) => ({ raw: grouped(text) }));
    change('bills', '收费项目', '未知项目', '拒绝', () => '空调费');
    change('bills', '收费区间', '区间为空', '拒绝', () => '');
    change('bills', '学号', '未知学号', '拒绝', (number, row) => {
        row[1] = '';
        return '99999999999';
    });
    change('bills', '截止日期', '日期不存在', '拒绝', () => '2026-02-30');
    repeat('bills', '收费项目', '同一学生同一区间同一项目重复', '拒绝');
    bills.push(['', '', '', '', '', '']);
    list.push(['bills.csv', String(bills.length), '', '空行', '接受']);
    return list;
}

const grouped = (text) => text.replace(/\B(?=(\d{3})+\.)/g, ',');

/** Lines of the table, each once, after the demo accounts. */
function* spread(random, length) {
    const lines = Array.from({ length: Math.max(0, length - 12) }, (_, i) => i + 12);
    while (lines.length) yield lines.splice(random.below(lines.length), 1)[0];
}
