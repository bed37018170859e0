// What must be in no log (reliability S29), and how to find it there.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// The check digit of an ID number and the Luhn digit of a card keep chance hits out.
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const isIdNumber = (text) => '10X98765432'[weights.reduce((sum, weight, i) => sum + weight * Number(text[i]), 0) % 11] === text[17].toUpperCase();
const isCard = (text) =>
    [...text].reverse().reduce((sum, digit, i) => sum + (i % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)] : Number(digit)), 0) % 10 === 0;

/** The logs of servers and database of a lab: [{ name, text }]. */
export function logsOf(lab) {
    const folder = join(lab.dir, 'log');
    return readdirSync(folder)
        .filter((name) => name.startsWith('server') || name.startsWith('database'))
        .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

/** Personal data in a log, as words for a report that must not repeat them; `people` are rows of the invented college. */
export function personalDataIn(text, people) {
    const found = [];
    const numbers = [...text.matchAll(/(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])/g)].map(([hit]) => hit);
    if (numbers.some(isIdNumber)) found.push('an ID number');
    if (/(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z])/.test(text)) found.push('a phone number');
    // The id of a request is 16 hexadecimal digits, by chance all of them decimal.
    const cards = [...text.replaceAll(/"request_id":"[0-9a-f]{16}"/g, '').matchAll(/(?<![0-9A-Za-z])62\d{14,17}(?![0-9A-Za-z])/g)].map(([hit]) => hit);
    if (cards.some(isCard)) found.push('a bank card');
    // Every word once: a log of a whole run is long.
    const words = [...new Set(text.match(/[0-9A-Za-z]{6,}|\p{Script=Han}+/gu))].join(' ');
    const values = people.flatMap((person) => [person.姓名, person.证件号码, person.手机号, person.学号]).filter((one) => one?.length > 1);
    if (values.some((value) => words.includes(value))) found.push('somebody of the college');
    return found;
}

/** What a lab must keep to itself besides people: keys of its configuration, and openids. */
export async function secretsOf(lab, control) {
    const conf = readFileSync(lab.config, 'utf8');
    const secrets = [...conf.matchAll(/^(?:app_secret|token|encoding_aes_key|api_v3_key) = "([^"]+)"/gm)].map((match) => match[1]);
    const { users } = await control('GET', 'users');
    return [...secrets, ...users.map((user) => user.openid), readFileSync(join(lab.dir, 'keys/master.key'), 'utf8').trim()];
}

/** Secrets in a log, as words. */
export function secretsIn(text, secrets) {
    const found = [];
    if (secrets.some((value) => text.includes(value))) found.push('a secret or an openid');
    const marks = /__Host-campus(?:-console)?=|x-csrf-token|"?code"?=|access_token=|BEGIN [A-Z ]*PRIVATE KEY/i.exec(text);
    if (marks) found.push(marks[0]);
    // Session tokens are 43 characters of base64url, like the look of a CSRF token.
    const tokens = [...text.matchAll(/(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g)]
        .map(([hit]) => hit)
        .filter((hit) => !hit.startsWith('PUB_KEY_ID_')); // as long, by chance, and public
    if (tokens.length > 0) found.push('a token');
    return found;
}
