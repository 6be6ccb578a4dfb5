import type { Chart } from "../../api.ts";

export type Unit = Chart["unit"];

const number = (digits: number) =>
  new Intl.NumberFormat("en", { maximumFractionDigits: digits, minimumFractionDigits: 0 });
const [whole, tenths, hundredths, thousandths] = [number(0), number(1), number(2), number(3)];
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** With as many digits as tell something: three at most. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return compact.format(value);
  if (size >= 100) return whole.format(value);
  if (size >= 10) return tenths.format(value);
  return (size >= 0.1 || size === 0 ? hundredths : thousandths).format(value);
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let power = 0;
  let rest = value;
  while (Math.abs(rest) >= base && power < units.length - 1) {
    rest /= base;
    power++;
  }
  return `${short(rest)} ${units[power]}`;
}

function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${short(seconds * 1e6)} µs`;
  if (size < 1) return `${short(seconds * 1000)} ms`;
  if (size < 120) return `${short(seconds)} s`;
  return size < 7_200 ? `${short(seconds / 60)} min` : `${short(seconds / 3_600)} h`;
}

const formats: Record<Unit, (value: number) => string> = {
  perSecond: (value) => `${short(value)}/s`,
  ratio: (value) => `${short(value * 100)} %`,
  seconds: duration,
  bytes: (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]),
  count: short,
  cores: (value) => `${short(value)} cores`,
};

/** A value as people read it; a dash for none. */
export const format = (unit: Unit, value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : formats[unit](value);

/** How long ago, in the largest unit that fits: "4 s ago". */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 2) return "now";
  return `${lasting(ms)} ago`;
}

/** How long, in the largest unit that fits: "4 s". */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** The time of day. */
export const clock = (time: string | number): string => new Date(time).toLocaleTimeString();

/** Day and time. */
export const moment = (time: string | number): string =>
  new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** "1 agent", "2 agents". */
export const plural = (count: number, what: string, more = `${what}s`): string =>
  `${whole.format(count)} ${count === 1 ? what : more}`;
