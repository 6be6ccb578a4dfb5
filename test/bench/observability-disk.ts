import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "#test/bench/measure";
import { type parseScrape, renderScrape } from "#test/bench/observability-fleet";
import { sizeOf } from "#test/bench/observability-prometheus";

const AGENTS = 10;
const HOURS = 2;
const RETENTION_DAYS = 15;

/**
 * What agents take on disk: two hours of a few of them, made into blocks by Prometheus' own code. A
 * scrape of minutes would not do, because its chunks are hardly begun.
 */
export function benchDisk(
  promtool: string,
  folder: string,
  lines: ReturnType<typeof parseScrape>,
  interval: number,
): void {
  const file = join(folder, "backfill.txt");
  const blocks = join(folder, "blocks");
  writeHistory(file, lines, interval);
  execFileSync(promtool, ["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, blocks]);
  let [samples, series, size] = [0, 0, 0];
  for (const block of readdirSync(blocks)) {
    const { stats } = JSON.parse(readFileSync(join(blocks, block, "meta.json"), "utf8"));
    samples += stats.numSamples;
    series = Math.max(series, stats.numSeries);
    size += sizeOf(join(blocks, block));
  }
  const perSample = size / samples;
  const perDay = (series / AGENTS) * perSample * (86_400 / interval);
  const all = perDay * RETENTION_DAYS;
  say(`\nblocks of ${HOURS} hours, scraped every ${interval} s: ${bytes(perSample)} a sample`);
  say(`  an agent: ${mib(perDay)} a day, ${mib(all)} in ${RETENTION_DAYS} days`);
}

/** The scrapes of two hours as OpenMetrics, the last of them now. */
function writeHistory(file: string, lines: ReturnType<typeof parseScrape>, interval: number): void {
  const turns = (HOURS * 3600) / interval;
  const end = Math.floor(Date.now() / 1000);
  const samples = lines.filter((line) => typeof line !== "string");
  for (let turn = 0; turn < turns; turn++) {
    const at = end - (turns - turn) * interval;
    for (let agent = 0; agent < AGENTS; agent++) {
      const text = renderScrape(samples, agent, turn)
        .trim()
        .split("\n")
        .map((line) => `${labelled(line, `service="agent-${agent}"`)} ${at}`);
      appendFileSync(file, `${text.join("\n")}\n`);
    }
  }
  appendFileSync(file, "# EOF\n");
}

/** A sample's line with one more label. */
function labelled(line: string, label: string): string {
  const cut = line.lastIndexOf(" ");
  const [series, value] = [line.slice(0, cut), line.slice(cut)];
  const named = series.endsWith("}") ? `${series.slice(0, -1)},${label}}` : `${series}{${label}}`;
  return named + value;
}

export const bytes = (value: number) => `${value.toFixed(2)} B`;
export const kib = (value: number) => `${(value / 1024).toFixed(1)} KiB`;
export const mib = (value: number) => `${(value / 1024 ** 2).toFixed(1)} MiB`;
