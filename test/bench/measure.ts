import { execFile } from "node:child_process";

export interface Contender {
  name: string;
  /** Brings the world to where a round starts; not measured. */
  before?: () => Promise<void>;
  command: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

const median = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

function once(contender: Contender): Promise<number> {
  const { command, args, cwd, env } = contender;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${contender.name} failed: ${stderr || stdout}`));
      else resolve((performance.now() - started) / 1000);
    });
  });
}

/**
 * Runs the contenders in turn, A B C A B C …, and prints each one's seconds (median, least, most)
 * and its ratio to the first, round by round: a machine that slows down slows all of them.
 */
export async function compare(title: string, rounds: number, contenders: Contender[]) {
  const seconds = contenders.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      await contender.before?.();
      seconds[index]?.push(await once(contender));
    }
  }
  const first = seconds[0] ?? [];
  process.stdout.write(`\n${title} (${rounds} rounds in turn)\n`);
  for (const [index, contender] of contenders.entries()) {
    const own = seconds[index] ?? [];
    const ratio = median(own.map((value, round) => value / (first[round] ?? Number.NaN)));
    const [low, high] = [Math.min(...own), Math.max(...own)];
    const figures = `${median(own).toFixed(2)} s (${low.toFixed(2)} to ${high.toFixed(2)})`;
    process.stdout.write(
      `  ${contender.name.padEnd(42)}${figures.padEnd(26)}× ${ratio.toFixed(2)}\n`,
    );
  }
}
