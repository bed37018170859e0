// CSV as Excel writes it: comma, CRLF, quotes only where needed.

export function toCsv(rows) {
    return rows.map((row) => row.map(cell).join(',') + '\r\n').join('');
}

function cell(value) {
    if (typeof value === 'object') return value.raw; // already as it should stand in the file
    return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

export function encode(text, encoding) {
    if (encoding === 'gbk') return toGbk(text);
    return Buffer.from((encoding === 'utf8-bom' ? '\ufeff' : '') + text, 'utf8');
}

// Node decodes GBK but does not encode it: its own table, read backwards.
function gbkTable() {
    const decoder = new TextDecoder('gbk');
    const table = new Map();
    for (let lead = 0x81; lead <= 0xfe; ++lead) {
        for (let trail = 0x40; trail <= 0xfe; ++trail) {
            if (trail === 0x7f) continue;
            const character = decoder.decode(Uint8Array.of(lead, trail));
            if ([...character].length === 1 && character !== '\ufffd' && !table.has(character)) {
                table.set(character, [lead, trail]);
            }
        }
    }
    return table;
}

function toGbk(text) {
    const table = gbkTable();
    const bytes = [];
    for (const character of text) {
        const code = character.codePointAt(0);
        if (code < 0x80) {
            bytes.push(code);
            continue;
        }
        const pair = table.get(character);
        if (!pair) throw new Error(`GBK has no ${character}`);
        bytes.push(...pair);
    }
    return Buffer.from(bytes);
}
