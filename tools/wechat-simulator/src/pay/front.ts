// The door of WeChat Pay: route, verify, act, sign, and misbehave where a fault says so.
import type { ServerResponse } from 'node:http';
import type { Merchant, Signing } from '../config.js';
import { msOf, type Fault, type FaultKind, type Faults, type Scene } from '../faults.js';
import type { Journal } from '../journal.js';
import { sleep } from '../kit/clock.js';
import { hex } from '../kit/ids.js';
import { Router, type Req } from '../kit/http.js';
import type { Settings } from '../settings.js';
import type { PayApi, PayCall, Result } from './api.js';
import { checkHeaders, type Gate } from './auth.js';
import { PayError } from './error.js';
import { SPOILS, type Signer, type Spoil } from './signer.js';

interface Operation {
  name: string;
  call: PayCall;
}

const ANSWER_FAULTS: readonly FaultKind[] = [
  'lost_before', 'lost_after', 'half', 'error', 'rate_limit', 'malformed', 'html',
  'unsigned', 'bad_signature', 'probe', 'probe_undecodable', 'stale', 'unknown_serial', 'other_key', 'old_key',
];

function operations(api: PayApi): Router<Operation> {
  const table: [string, string, string, PayCall][] = [
    ['POST', '/v3/pay/transactions/jsapi', 'order_jsapi', api.order('JSAPI')],
    ['POST', '/v3/pay/transactions/native', 'order_native', api.order('NATIVE')],
    ['GET', '/v3/pay/transactions/out-trade-no/:out_trade_no', 'query_no', api.queryByNumber],
    ['GET', '/v3/pay/transactions/id/:id', 'query_id', api.queryById],
    ['POST', '/v3/pay/transactions/out-trade-no/:out_trade_no/close', 'close', api.close],
    ['POST', '/v3/refund/domestic/refunds', 'refund_apply', api.refund],
    ['GET', '/v3/refund/domestic/refunds/:out_refund_no', 'refund_query', api.refundQuery],
    ['GET', '/v3/bill/tradebill', 'tradebill', api.bill('trade')],
    ['GET', '/v3/bill/fundflowbill', 'fundflowbill', api.bill('flow')],
    ['GET', '/v3/billdownload/file', 'billdownload', api.download],
    ['GET', '/v3/certificates', 'certificates', api.certificates],
  ];
  const router = new Router<Operation>();
  for (const [method, path, name, call] of table) router.on(method, path, { name, call });
  return router;
}

export interface FrontTools {
  gate: Gate;
  signer: Signer;
  faults: Faults;
  journal: Journal;
  settings: () => Settings;
}

export class PayFront {
  private readonly router: Router<Operation>;

  constructor(api: PayApi, private readonly tools: FrontTools) {
    this.router = operations(api);
  }

  private route(req: Req): Operation | undefined {
    const found = this.router.find(req);
    return found === 'method' ? undefined : found;
  }

  async handle(req: Req, res: ServerResponse): Promise<void> {
    const operation = this.route(req);
    const scene: Scene = { operation: operation?.name ?? 'unknown', path: req.path, ...numbers(req) };
    let merchant: Merchant | undefined;
    try {
      merchant = this.tools.gate.admit(req);
      scene.mch_id = merchant.mch_id;
    } catch (error) {
      return this.finish(req, res, scene, undefined, problem(error), undefined);
    }
    const slow = this.tools.faults.take(['slow'], scene);
    if (slow?.['before'] === true) await sleep(msOf(slow));
    const fault = this.tools.faults.take(ANSWER_FAULTS, scene);
    if (fault && !acts(fault)) return this.finish(req, res, scene, merchant, undefined, fault);
    const result = this.act(req, operation, merchant);
    if (slow && slow['before'] !== true) await sleep(msOf(slow));
    this.finish(req, res, scene, merchant, result, fault);
  }

  private act(req: Req, operation: Operation | undefined, merchant: Merchant): Result | PayError {
    try {
      if (!operation) this.tools.journal.violation(`${req.method} ${req.path}`, 'no such call');
      if (!operation) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '无可用的接口，请检查请求地址与方法');
      checkHeaders(req, merchant);
      return operation.call(req, merchant);
    } catch (error) {
      return problem(error);
    }
  }

  private finish(req: Req, res: ServerResponse, scene: Scene, merchant: Merchant | undefined, outcome: Result | PayError | undefined, fault: Fault | undefined): void {
    const error = outcome instanceof PayError ? outcome : undefined;
    this.tools.journal.add({
      api: 'pay', method: req.method, path: req.path, operation: scene.operation, status: outcome?.status ?? 0, code: error?.code, message: error?.message,
      out_trade_no: scene.out_trade_no, fault: fault?.kind,
    });
    if (error && BROKEN_PROTOCOL.has(error.code)) this.tools.journal.violation(`${req.method} ${req.path}`, `${error.code} ${error.message}`);
    if (fault?.kind === 'lost_before' || fault?.kind === 'lost_after') {
      req.socket.destroy();
      return;
    }
    const answer = this.answer(outcome, fault);
    this.write(req, res, answer, merchant, fault);
  }

  private answer(outcome: Result | PayError | undefined, fault: Fault | undefined): Result & { number: number; html?: boolean } {
    if (fault?.kind === 'error') {
      const status = Number(fault['status'] ?? 500);
      const code = String(fault['code'] ?? 'SYSTEM_ERROR');
      return { status, body: JSON.stringify({ code, message: String(fault['message'] ?? '系统繁忙，请稍后重试') }), number: 268435456 };
    }
    if (fault?.kind === 'rate_limit') return { status: 429, body: JSON.stringify({ code: 'FREQUENCY_LIMITED', message: '频率超限' }), number: 268447840 };
    if (fault?.kind === 'html') {
      return { status: Number(fault['status'] ?? 502), body: '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>', number: 0, html: true };
    }
    if (outcome instanceof PayError) return { status: outcome.status, body: outcome.body(), number: outcome.number };
    const result = outcome ?? { status: 500, body: '' };
    // A file that is cut short arrives as well as a whole one.
    if (fault?.kind === 'malformed' && result.file) return { ...result, number: 0, file: result.file.subarray(0, Math.ceil(result.file.length / 2)) };
    if (fault?.kind === 'malformed') return { ...result, status: 200, body: result.body.slice(0, Math.ceil(result.body.length / 2)) || '{"prepay', number: 0 };
    return { ...result, number: 0 };
  }

  private write(
    req: Req, res: ServerResponse, answer: Result & { number: number; html?: boolean }, merchant: Merchant | undefined, fault: Fault | undefined,
  ): void {
    const payload = answer.file ?? Buffer.from(answer.body);
    const spoil = SPOILS.includes(fault?.kind as Spoil) ? (fault?.kind as Spoil) : undefined;
    const signed = merchant && !answer.file && !answer.html;
    const headers: Record<string, string> = {
      'Server': 'nginx',
      'Content-Type': answer.html ? 'text/html' : answer.file ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
      'Cache-Control': 'no-cache, must-revalidate',
      'X-Content-Type-Options': 'nosniff',
      'Content-Language': 'zh-CN',
      ...(answer.html ? {} : { 'Request-ID': `${hex(16).toUpperCase()}-${answer.number}` }),
      ...(signed ? this.tools.signer.headers(merchant, this.way(req, merchant), answer.body, spoil) : {}),
    };
    if (fault?.kind === 'half') {
      res.writeHead(answer.status === 204 ? 200 : answer.status, { ...headers, 'Content-Length': String(Math.max(payload.length, 20)) });
      res.write(payload.subarray(0, Math.floor(payload.length / 2)));
      setTimeout(() => req.socket.destroy(), 20);
      return;
    }
    if (answer.status !== 204) headers['Content-Length'] = String(payload.length);
    res.writeHead(answer.status, headers);
    res.end(answer.status === 204 ? undefined : payload);
  }

  /** The key that the request names signs the answer; without a name, the merchant's mode. */
  private way(req: Req, merchant: Merchant): Signing {
    const asked = req.headers['wechatpay-serial'];
    if (asked !== undefined && asked === merchant.by_public_key?.serial) return 'public_key';
    if (asked !== undefined && asked === merchant.by_certificate?.serial) return 'certificate';
    return this.tools.settings().signing;
  }
}

const BROKEN_PROTOCOL = new Set(['SIGN_ERROR', 'PARAM_ERROR', 'APPID_MCHID_NOT_MATCH', 'NO_AUTH']);

const acts = (fault: Fault): boolean => {
  if (fault.kind === 'lost_before') return false;
  if (fault.kind === 'error' || fault.kind === 'rate_limit' || fault.kind === 'html') return fault['acted'] === true;
  return true;
};

function problem(error: unknown): PayError {
  if (error instanceof PayError) return error;
  // A fault of the simulator must be loud: it would otherwise pass for WeChat's bad day.
  console.error('simulator fault', error);
  return new PayError(500, 'SYSTEM_ERROR', '系统错误', 268435456);
}

/** The numbers that a fault may be aimed at, read leniently before anything is checked. */
function numbers(req: Req): Partial<Scene> {
  const found: Partial<Scene> = { out_trade_no: req.params['out_trade_no'], out_refund_no: req.params['out_refund_no'] };
  if (req.body.length === 0) return found;
  try {
    const body = JSON.parse(req.text) as Record<string, unknown>;
    if (typeof body['out_trade_no'] === 'string') found.out_trade_no = body['out_trade_no'];
    if (typeof body['out_refund_no'] === 'string') found.out_refund_no = body['out_refund_no'];
    const payer = body['payer'] as { openid?: unknown } | undefined;
    if (typeof payer?.openid === 'string') found.openid = payer.openid;
  } catch {
    // Not JSON: the call itself will say so.
  }
  return found;
}
