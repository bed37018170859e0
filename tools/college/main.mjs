// Makes an invented college: items.csv, students.csv and bills.csv as a school's own systems export them. The same seed
// gives the same bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { billsOf, billsTable, itemsTable } from './bills.mjs';
import { encode, toCsv } from './csv.mjs';
import { demoAccounts } from './demo.mjs';
import { addFaults } from './faults.mjs';
import { makeStudents, studentsTable } from './people.mjs';
import { Random } from './random.mjs';

const help = `tools/make-college --out DIR [options]     items.csv, students.csv, bills.csv of an invented college

  --students N      how many (default 300; the first three are always the demo accounts)
  --seed N          another college (default 7)
  --year N          academic year that begins in autumn N (default 2026)
  --new-share N     percent of the youngest grade that has no student number yet (default 60)
  --merchant ID     merchant number of all items (default: empty, the first configured merchant)
  --encoding NAME   utf8 (default), utf8-bom or gbk
  --dirty           adds what goes wrong in real exports, and lists each fault in faults.csv
  --demo-accounts   prints the accounts to sign in with and writes nothing
`;

const { values: given } = parseArgs({
    options: {
        out: { type: 'string' },
        students: { type: 'string', default: '300' },
        seed: { type: 'string', default: '7' },
        year: { type: 'string', default: '2026' },
        'new-share': { type: 'string', default: '60' },
        merchant: { type: 'string', default: '' },
        encoding: { type: 'string', default: 'utf8' },
        dirty: { type: 'boolean', default: false },
        'demo-accounts': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
    },
});

const fail = (why) => {
    process.stderr.write(`error: ${why}\n\n${help}`);
    process.exit(2);
};
const numberOf = (name, low, high) => {
    const value = Number(given[name]);
    if (!Number.isInteger(value) || value < low || value > high) {
        fail(`--${name} must be a whole number from ${low} to ${high}`);
    }
    return value;
};

if (given.help) {
    process.stdout.write(help);
    process.exit(0);
}
const year = numberOf('year', 2000, 2100);
if (given['demo-accounts']) {
    for (const { student, remark } of demoAccounts(year)) {
        const user = student.number || student.idNumber;
        const password = student.idNumber.slice(-6);
        process.stdout.write(
            `    ${student.name}  ${student.kind}  user name ${user}  password ${password}  ID ${student.idNumber}  (${remark})\n`,
        );
    }
    process.exit(0);
}
if (!given.out) fail('--out is missing');
if (!['utf8', 'utf8-bom', 'gbk'].includes(given.encoding)) fail('--encoding must be utf8, utf8-bom or gbk');

const random = new Random(numberOf('seed', 0, 2 ** 31));
const students = makeStudents(random, {
    count: numberOf('students', 3, 200000),
    year,
    newShare: numberOf('new-share', 0, 100),
});
const bills = students.flatMap((student) => billsOf(random, student, year));
const tables = {
    items: itemsTable(given.merchant, year),
    students: studentsTable(students),
    bills: billsTable(bills),
};
const faults = given.dirty ? addFaults(random, tables) : undefined;

mkdirSync(given.out, { recursive: true });
for (const [name, table] of Object.entries(tables)) {
    writeFileSync(join(given.out, `${name}.csv`), encode(toCsv(table), given.encoding));
}
if (faults) writeFileSync(join(given.out, 'faults.csv'), encode(toCsv(faults), 'utf8'));
const total = bills.reduce((sum, bill) => sum + bill.fen, 0);
process.stderr.write(
    `${students.length} students, ${bills.length} bills, ${(total / 100).toFixed(2)} yuan in ${given.out}\n`,
);
