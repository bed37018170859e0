// What a test or a trainer may change while the simulator runs.
import type { Config, PushMode, Signing } from './config.js';
import { HttpProblem } from './kit/http.js';

export interface Settings {
  time_scale: number;
  clock_offset_ms: number;
  notices_paused: boolean;
  push_mode: PushMode;
  push_deadline_ms: number;
  notice_deadline_ms: number;
  signing: Signing;
  notice_signing: Signing | 'mixed' | null;
  certificates_available: boolean;
  expired_query_state: 'NOTPAY' | 'CLOSED';
  oauth_double_return: boolean;
  snapshot_user: boolean;
  bridge_delay_ms: number;
  refund_result: 'SUCCESS' | 'ABNORMAL' | 'CLOSED' | 'PROCESSING';
  refund_delay_ms: number;
  refund_spacing_check: boolean;
  template_delay_ms: number;
  bills_any_day: boolean;
  fee_rate_bp: number;
  auto_pay: 'ask' | 'ok' | 'cancel' | 'fail';
  menu_cache_ms: number;
}

export function defaultSettings(config: Config): Settings {
  const signing = config.merchants[0]?.signing ?? 'public_key';
  return {
    time_scale: config.time_scale,
    clock_offset_ms: 0,
    notices_paused: false,
    push_mode: config.account.mode,
    push_deadline_ms: 5000,
    notice_deadline_ms: 5000,
    signing,
    notice_signing: null,
    certificates_available: signing === 'certificate',
    expired_query_state: 'NOTPAY',
    oauth_double_return: false,
    snapshot_user: false,
    bridge_delay_ms: 80,
    refund_result: 'SUCCESS',
    refund_delay_ms: 3000,
    refund_spacing_check: false,
    template_delay_ms: 2000,
    bills_any_day: true,
    fee_rate_bp: 60,
    auto_pay: 'ask',
    menu_cache_ms: 0,
  };
}

const CHOICES: Partial<Record<keyof Settings, readonly unknown[]>> = {
  push_mode: ['plain', 'compatible', 'safe'],
  signing: ['public_key', 'certificate'],
  notice_signing: ['public_key', 'certificate', 'mixed', null],
  expired_query_state: ['NOTPAY', 'CLOSED'],
  refund_result: ['SUCCESS', 'ABNORMAL', 'CLOSED', 'PROCESSING'],
  auto_pay: ['ask', 'ok', 'cancel', 'fail'],
};

/** Takes over what is given; a misspelt name or a wrong type is refused as a whole. */
export function changeSettings(settings: Settings, change: Record<string, unknown>): void {
  const target = settings as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(change)) {
    if (!(name in target)) throw new HttpProblem(400, `no such setting: ${name}`);
    const options = CHOICES[name as keyof Settings];
    const fits = options ? options.includes(value) : typeof value === typeof target[name];
    if (!fits) throw new HttpProblem(400, `bad value for ${name}`);
    if (name === 'time_scale' && !((value as number) > 0)) throw new HttpProblem(400, 'time_scale must be above zero');
  }
  Object.assign(target, change);
}
