// One outgoing request with a deadline over all of it: connecting, sending, reading.
import http from 'node:http';
import https from 'node:https';

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  ms: number;
}

export class CallFailed extends Error {
  constructor(readonly outcome: 'timeout' | 'no_connection' | 'broken', message: string, readonly ms: number) {
    super(message);
  }
}

const agents = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: 128, timeout: 30_000 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 128, timeout: 30_000 }),
};

const BODY_LIMIT = 1024 * 1024;

export async function call(
  url: URL, method: string, headers: Record<string, string>, body: string | Buffer, deadlineMs: number,
): Promise<Reply> {
  const started = Date.now();
  try {
    return await once(url, method, headers, body, deadlineMs, started, true);
  } catch (error) {
    // An idle connection that the peer closed just now is no answer to this request: say it again on a new one.
    if (error instanceof StaleConnection) return once(url, method, headers, body, deadlineMs, started, false);
    throw error;
  }
}

class StaleConnection extends Error {}

function once(
  url: URL, method: string, headers: Record<string, string>, body: string | Buffer, deadlineMs: number, started: number, reuse: boolean,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request(url, {
      method,
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
      agent: reuse ? agents[secure ? 'https:' : 'http:'] : false,
    });
    const ms = (): number => Date.now() - started;
    const fail = (outcome: CallFailed['outcome'], message: string): void => reject(new CallFailed(outcome, message, ms()));
    const timer = setTimeout(() => {
      fail('timeout', 'deadline passed');
      request.destroy();
    }, Math.max(1, deadlineMs - ms()));
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (request.reusedSocket && error.code === 'ECONNRESET') reject(new StaleConnection());
      else fail(error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND' ? 'no_connection' : 'broken', error.code ?? error.message);
    });
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > BODY_LIMIT) request.destroy(new Error('answer too large'));
        else parts.push(part);
      });
      response.on('error', () => fail('broken', 'answer broke off'));
      response.on('end', () => {
        clearTimeout(timer);
        if (!response.complete) return fail('broken', 'answer broke off');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts), ms: ms() });
      });
    });
    request.end(body);
  });
}
