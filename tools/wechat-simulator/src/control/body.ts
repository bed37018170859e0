// Reading control requests: JSON objects, loud about what is missing.
import { HttpProblem, type Req } from '../kit/http.js';

export type Input = Record<string, unknown>;

export function input(req: Req): Input {
  if (req.body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(req.text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  } catch {
    // Answered below.
  }
  throw new HttpProblem(400, 'body must be a JSON object');
}

export function optionalText(from: Input, name: string): string | undefined {
  const value = from[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new HttpProblem(400, `${name} must be a string`);
  return value;
}

export function text(from: Input, name: string): string {
  const value = optionalText(from, name);
  if (value === undefined || value === '') throw new HttpProblem(400, `${name} is missing`);
  return value;
}

export function optionalNumber(from: Input, name: string): number | undefined {
  const value = from[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new HttpProblem(400, `${name} must be a number`);
  return value;
}
