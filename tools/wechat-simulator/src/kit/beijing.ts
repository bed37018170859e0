// Beijing's wall clock from epoch milliseconds. WeChat's texts and day boundaries are all +08:00.
const OFFSET = 8 * 3600 * 1000;

function parts(ms: number): { date: string; time: string } {
  const text = new Date(ms + OFFSET).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 19) };
}

export const beijingDate = (ms: number): string => parts(ms).date;
export const beijingHour = (ms: number): number => Number(parts(ms).time.slice(0, 2));
export const compactDate = (ms: number): string => parts(ms).date.replaceAll('-', '');
export const compactTime = (ms: number): string => parts(ms).time.replaceAll(':', '');

/** 2026-11-22T20:00:00+08:00 */
export function rfc3339(ms: number): string {
  const { date, time } = parts(ms);
  return `${date}T${time}+08:00`;
}

/** 2026-11-22 20:00:00, as in bills */
export function billTime(ms: number): string {
  const { date, time } = parts(ms);
  return `${date} ${time}`;
}

/** Strictly yyyy-MM-ddTHH:mm:ss+08:00; undefined for anything else, including days that do not exist. */
export function parseRfc3339(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) || rfc3339(ms) !== text ? undefined : ms;
}

/** Start of a Beijing day given as yyyy-MM-dd; undefined when there is no such day. */
export function dayStart(date: string): number | undefined {
  return parseRfc3339(`${date}T00:00:00+08:00`);
}
