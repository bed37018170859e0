// The little HTTP that everything here shares: read a request whole, answer it, route it.
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Req {
  method: string;
  /** Request target exactly as on the request line: signatures cover it. */
  rawUrl: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
  text: string;
  socket: IncomingMessage['socket'];
  params: Record<string, string>;
}

export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export class HttpProblem extends Error {
  constructor(readonly status: number, message: string, readonly extra: object = {}) {
    super(message);
  }
}

export const BODY_LIMIT = 1024 * 1024;

export async function readBody(req: IncomingMessage, limit = BODY_LIMIT): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req) {
    size += (part as Buffer).length;
    if (size > limit) throw new HttpProblem(413, 'body too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

export async function readRequest(req: IncomingMessage): Promise<Req> {
  const rawUrl = req.url ?? '/';
  const cut = rawUrl.indexOf('?');
  const body = await readBody(req, BODY_LIMIT * 8);
  return {
    method: req.method ?? 'GET',
    rawUrl,
    path: cut < 0 ? rawUrl : rawUrl.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : rawUrl.slice(cut + 1)),
    headers: req.headers,
    body,
    text: body.toString('utf8'),
    socket: req.socket,
    params: {},
  };
}

export function send(res: ServerResponse, answer: Answer): void {
  const body = answer.body ?? '';
  const headers: Record<string, string | string[]> = { ...answer.headers };
  if (answer.status !== 204 && answer.status !== 304) headers['Content-Length'] = String(Buffer.byteLength(body));
  res.writeHead(answer.status, headers);
  res.end(answer.status === 204 || answer.status === 304 ? undefined : body);
}

export function json(value: unknown, status = 200): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
    body: JSON.stringify(value),
  };
}

export function html(body: string, status = 200): Answer {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }, body };
}

export function redirect(location: string): Answer {
  return { status: 302, headers: { Location: location, 'Cache-Control': 'no-store' } };
}

export type Handler = (req: Req) => Promise<Answer> | Answer;

interface Route<T> {
  method: string;
  pattern: RegExp;
  names: string[];
  target: T;
}

export class Router<T = Handler> {
  private readonly routes: Route<T>[] = [];

  on(method: string, path: string, target: T): this {
    const names: string[] = [];
    const source = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:(\w+)/g, (_all, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
    this.routes.push({ method, pattern: new RegExp(`^${source}$`), names, target });
    return this;
  }

  /** What the path leads to, with its parameters decoded, 'method' when only the method is wrong, or undefined. */
  find(req: Req): T | 'method' | undefined {
    let seen = false;
    for (const route of this.routes) {
      const match = route.pattern.exec(req.path);
      if (!match) continue;
      seen = true;
      if (route.method !== req.method) continue;
      for (const [index, name] of route.names.entries()) req.params[name] = decode(match[index + 1] ?? '');
      return route.target;
    }
    return seen ? 'method' : undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpProblem(400, 'bad percent-encoding in the path');
  }
}

export function cookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const cut = pair.indexOf('=');
    if (cut > 0 && pair.slice(0, cut).trim() === name) return pair.slice(cut + 1).trim();
  }
  return undefined;
}
