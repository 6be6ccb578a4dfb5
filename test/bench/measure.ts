import { execFile } from "node:child_process";
import { loadavg } from "node:os";

export interface Command {
  command: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** What one contender took, round by round, in seconds. */
export interface Measured {
  name: string;
  seconds: number[];
}

export interface Contender {
  name: string;
  /** Brings the world to where a round starts; not measured. */
  before?: () => Promise<void>;
  /** One after the other, and measured together. */
  commands: Command[];
}

export const median = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** The value below which that part of the values is. */
export function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/**
 * The median, and between which values it is with a confidence of 95 %, whatever the distribution:
 * those whose ranks are 1.96 standard deviations of a fair coin's heads from the middle.
 */
export function withInterval(values: number[], digits = 1) {
  const sorted = values.toSorted((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const last = sorted.length - 1;
  const low = sorted[Math.max(0, Math.floor(sorted.length / 2 - reach))] ?? Number.NaN;
  const high = sorted[Math.min(last, Math.ceil(sorted.length / 2 + reach))] ?? Number.NaN;
  const middle = median(sorted);
  const [from, to] = [low.toFixed(digits), high.toFixed(digits)];
  return { median: middle, low, high, text: `${middle.toFixed(digits)} (${from} to ${to})` };
}

/** The seconds that the commands take; throws with what one printed that ends in another code. */
export async function timed(name: string, commands: Command[], codes = [0]): Promise<number> {
  const started = performance.now();
  for (const { command, args, cwd, env } of commands) {
    await new Promise<void>((resolve, reject) => {
      execFile(command, args, { cwd, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        if (error && !codes.includes(Number(error.code)))
          reject(new Error(`${name} failed: ${stderr}${stdout}`));
        else resolve();
      });
    });
  }
  return (performance.now() - started) / 1000;
}

/** Runs the contenders in turn, A B C A B C …, and reports on them. */
export async function compare(
  title: string,
  rounds: number,
  contenders: Contender[],
  { target, codes }: { target?: number; codes?: number[] } = {},
) {
  const measured = contenders.map(({ name }): Measured => ({ name, seconds: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, { name, before, commands }] of contenders.entries()) {
      await before?.();
      measured[index]?.seconds.push(await timed(name, commands, codes));
    }
  }
  report(title, measured, target);
}

/**
 * Prints each one's seconds (median, least, most) and its ratio to the last, which is ours, round
 * by round: a machine that slows down slows all of them. With a target, also whether the last one
 * took at most that many times what the fastest other took.
 */
export function report(title: string, measured: Measured[], target?: number): void {
  const own = measured.at(-1) ?? { name: "", seconds: [] };
  const [load = 0] = loadavg();
  const rounds = own.seconds.length;
  say(`\n${title} (${rounds} rounds in turn, load ${load.toFixed(1)})`);
  for (const { name, seconds } of measured) {
    const [low, high] = [Math.min(...seconds), Math.max(...seconds)];
    const figures = `${median(seconds).toFixed(2)} s (${low.toFixed(2)} to ${high.toFixed(2)})`;
    say(`  ${name.padEnd(46)}${figures.padEnd(26)}× ${ratio(own, { name, seconds }).toFixed(2)}`);
  }
  const others = measured.slice(0, -1);
  if (target === undefined || others.length === 0) return;
  const fastest = others.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
  const found = ratio(own, fastest);
  const verdict = found <= target ? "met" : "NOT met";
  say(`  target: at most × ${target} of ${fastest.name}: × ${found.toFixed(2)}, ${verdict}`);
}

/** How many times longer `a` took than `b`. */
function ratio(a: Measured, b: Measured): number {
  return median(a.seconds.map((value, round) => value / (b.seconds[round] ?? Number.NaN)));
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
