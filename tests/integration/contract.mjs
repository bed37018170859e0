// server/routes/openapi.yaml as a judge: every answer that a test gets is held against it, strictly.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

import { root } from '../support/lab.mjs';

export const document = parse(readFileSync(join(root, 'server/routes/openapi.yaml'), 'utf8'));
const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema({ $id: 'openapi', components: document.components });

// Answers may hold nothing that the document does not name; requests may.
function closed(schema) {
    if (Array.isArray(schema)) return schema.map(closed);
    if (schema === null || typeof schema !== 'object') return schema;
    const out = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
    if (out.type === 'object' && out.properties) out.additionalProperties ??= false;
    return out;
}
const strict = new Ajv({ allErrors: true, strict: false });
strict.addSchema({ $id: 'openapi', components: closed(document.components) });

const resolve = (node) => (node?.$ref ? node.$ref.slice(2).split('/').reduce((at, key) => at[key], document) : node);
const absolute = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));

const fileStarts = {
    'application/pdf': '%PDF-',
    'application/gzip': '\x1f',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'PK',
};
function fileOf(success) {
    const type = Object.keys(success.content ?? {}).find((one) => fileStarts[one]);
    return type && { type, starts: fileStarts[type], headers: success.headers };
}

/** { id, method, path, pattern, answer(status), body? } of every operation. */
export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
        const jsonOf = (node) => resolve(node)?.content?.['application/json']?.schema;
        const success = resolve(operation.responses['200']);
        const file = fileOf(success);
        const good = !file && strict.compile(absolute(jsonOf(success)));
        const refusal = strict.compile(absolute(jsonOf(operation.responses.default)));
        const bodySchema = jsonOf(operation.requestBody);
        return {
            id: operation.operationId,
            method: method.toUpperCase(),
            path,
            pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
            parameters: (operation.parameters ?? []).map(resolve),
            needsSession: operation.security?.length !== 0,
            roles: operation['x-roles'],
            bodySchema,
            takes: bodySchema && ajv.compile(absolute(bodySchema)),
            file,
            // Only what is the same for everybody may be kept, and says so.
            kept: !file && success.headers?.['Cache-Control']?.schema.pattern,
            judge: (status) => (status === 200 ? good : refusal),
        };
    }),
);

export const operationOf = (method, path) =>
    operations.find((one) => one.method === method && one.pattern.test(path.split('?')[0]));

function judgeFile({ type: wanted, starts, headers }, type, given, text, complain) {
    if (type !== wanted) complain(`content type ${type}`);
    if (!text.startsWith(starts)) complain(`does not begin with ${starts}`);
    for (const [name, { schema }] of Object.entries(headers)) {
        const value = given.get(name) ?? '';
        if (!new RegExp(schema.pattern).test(value)) complain(`${name}: ${value}`);
    }
}

/** Throws where an answer is not what the document says. Notes what was seen, for the test of coverage. */
export function judgeAnswer(method, path, answer, text) {
    const operation = operationOf(method, path);
    if (!operation) throw new Error(`${method} ${path} is not in openapi.yaml`);
    const complain = (what) => {
        throw new Error(`${operation.id} answered ${answer.status} against the contract: ${what}\n${text.slice(0, 500)}`);
    };
    const type = answer.headers.get('content-type') ?? '';
    if (answer.status !== 200 && answer.status < 400) complain('neither 200 nor a refusal');
    const keeping = answer.headers.get('cache-control') ?? '';
    if (operation.kept && answer.status === 200) {
        if (!new RegExp(operation.kept).test(keeping)) complain(`Cache-Control: ${keeping}`);
    } else if (!/\bno-store\b/.test(keeping)) complain('a browser may keep it');
    if (operation.file && answer.status === 200) {
        judgeFile(operation.file, type, answer.headers, text, complain);
    } else {
        if (!/^application\/json\b/.test(type)) complain(`content type ${type}`);
        const validate = operation.judge(answer.status);
        if (!validate(JSON.parse(text))) complain(ajv.errorsText(validate.errors));
    }
    if (process.env.CAMPUS_SEEN) appendFileSync(process.env.CAMPUS_SEEN, `${operation.id} ${answer.status}\n`);
    return operation;
}
