'use strict';
// What the check scripts share: which files are ours, how a finding is told, how the verdict is given.
const { execFileSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '../..');

/** Files that git has or would take, below the given folders. */
function ourFiles(...below) {
    const out = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard', '--', ...below], {
        cwd: root,
        maxBuffer: 1 << 28,
    });
    return [...new Set(out.toString().split('\0'))].filter((path) => path && existsSync(join(root, path))).sort();
}

const read = (path) => readFileSync(join(root, path), 'utf8');

/** C++ text without comments, and without string contents if asked: same length, same lines. */
function code(text, { keepStrings = false } = {}) {
    const blank = (part) => part.replace(/[^\n]/g, ' ');
    const blankString = (part) => part[0] + blank(part.slice(1, -1)) + part.at(-1);
    const parts = /R"(\w*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
    return text.replace(parts, (part) => {
        if (part.startsWith('//') || part.startsWith('/*')) return blank(part);
        if (/^'\d+$/.test(part)) return part;
        return keepStrings ? part : blankString(part);
    });
}

/** C++ text with nothing left but its string contents: same length, same lines. */
function strings(text) {
    const whole = code(text, { keepStrings: true });
    const without = code(text);
    return whole.split('').map((c, i) => (c === '\n' || c !== without[i] ? c : ' ')).join('');
}

const lineAt = (text, index) => text.slice(0, index).split('\n').length;

/** finding(where, what) collects; the process exits 1 if there was any. */
function checker(name) {
    const findings = [];
    process.on('exit', (exitCode) => {
        if (exitCode) return;
        for (const line of findings) console.log(line);
        console.log(`${name}: ${findings.length ? `${findings.length} finding(s)` : 'clean'}`);
        if (findings.length) process.exitCode = 1;
    });
    return (where, what) => findings.push(`${where}: ${what}`);
}

/** Reports each match of a rule {pattern, why} in a text. */
function scan(finding, path, text, rules) {
    for (const { pattern, why } of rules) {
        for (const match of text.matchAll(new RegExp(pattern, pattern.flags.includes('g') ? pattern.flags : pattern.flags + 'g'))) {
            finding(`${path}:${lineAt(text, match.index)}`, why);
        }
    }
}

module.exports = { checker, code, lineAt, ourFiles, read, root, scan, strings };
