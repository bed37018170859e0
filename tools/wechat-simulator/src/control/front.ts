// The control door: the whole, its settings and its faults; orders and users have their own files.
import { sleep } from '../kit/clock.js';
import { HttpProblem, json, Router, type Answer, type Req } from '../kit/http.js';
import { CallFailed } from '../kit/client.js';
import { PayError } from '../pay/error.js';
import type { Kept, World } from '../world.js';
import { input, optionalNumber } from './body.js';
import { orderRoutes } from './orders.js';
import { userRoutes } from './users.js';

function health(world: World): object {
  const { config } = world;
  return {
    ok: true, now: world.clock.now(), target: config.target.origin, listen: world.origin, browser_listen: world.browserOrigin,
    account: { name: config.account.name, app_id: config.account.app_id, original_id: config.account.original_id },
    merchants: config.merchants.map(({ mch_id, name }) => ({ mch_id, name })),
  };
}

async function untilIdle(world: World, timeout: number): Promise<Answer> {
  const end = Date.now() + timeout;
  while (!world.idle) {
    if (Date.now() > end) throw new HttpProblem(408, 'still busy', { notices_waiting: world.notices.waiting, timers: world.timers.pending });
    await sleep(10);
  }
  return json({ idle: true });
}

function wholeRoutes(world: World, router: Router): void {
  router.on('GET', '/control/health', () => json(health(world)));
  router.on('POST', '/control/reset', (req) => {
    world.reset((input(req)['keep'] as Kept[] | undefined) ?? []);
    return json({ ok: true });
  });
  router.on('GET', '/control/settings', () => json(world.settings));
  router.on('POST', '/control/settings', (req) => {
    world.change(input(req));
    return json(world.settings);
  });
  router.on('POST', '/control/wait', (req) => untilIdle(world, optionalNumber(input(req), 'timeout_ms') ?? 10_000));
  router.on('GET', '/control/log', (req) => {
    const limit = Number(req.query.get('limit') ?? 1000);
    return json({ entries: world.journal.since(Number(req.query.get('since') ?? 0), limit) });
  });
  router.on('GET', '/control/violations', () => json({ violations: world.journal.violations }));
  router.on('DELETE', '/control/violations', () => {
    world.journal.violations = [];
    return json({ ok: true });
  });
}

function faultRoutes(world: World, router: Router): void {
  const { faults } = world;
  router.on('GET', '/control/faults', () => json({ faults: faults.list }));
  router.on('POST', '/control/faults', (req) => json(faults.add(input(req))));
  router.on('POST', '/control/faults/seed', (req) => {
    faults.seed(optionalNumber(input(req), 'seed') ?? 1);
    return json({ ok: true });
  });
  router.on('DELETE', '/control/faults', () => {
    faults.clear();
    return json({ ok: true });
  });
  router.on('DELETE', '/control/faults/:id', (req) => {
    if (!faults.remove(Number(req.params['id']))) throw new HttpProblem(404, 'no such fault');
    return json({ ok: true });
  });
}

export class ControlFront {
  private readonly router = new Router();

  constructor(world: World) {
    wholeRoutes(world, this.router);
    faultRoutes(world, this.router);
    orderRoutes(world, this.router);
    userRoutes(world, this.router);
  }

  async handle(req: Req): Promise<Answer> {
    try {
      const handler = this.router.find(req);
      if (handler === 'method') throw new HttpProblem(405, 'wrong method');
      if (!handler) throw new HttpProblem(404, 'no such call');
      return await handler(req);
    } catch (error) {
      return refusal(error);
    }
  }
}

export function refusal(error: unknown): Answer {
  if (error instanceof HttpProblem) return json({ error: error.message, ...error.extra }, error.status);
  if (error instanceof PayError) return json({ error: error.message, reason: error.code }, 409);
  if (error instanceof CallFailed) return json({ error: error.message, reason: error.outcome }, 502);
  console.error('simulator fault', error);
  return json({ error: 'internal error' }, 500);
}
