import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ObjectFinding, objectJudge } from "#cli/judge";
import type { Plan } from "#model/levels";
import type { Reading } from "#model/manifests";
import { type Manifest, manifestOf, readSource, type Source, unreadable } from "#model/manifests";

/** An object with what it violates on its own. */
export interface Judged {
  manifest: Manifest;
  findings: ObjectFinding[];
}

/** What a worker thread knows from the start. */
export interface WorkerStart {
  /** Names and settings of the rules; functions can't be sent. */
  plans: { name: string; settings: Plan["settings"] }[];
  /** Whether whole objects are needed again, by rules about the stack. */
  whole: boolean;
}

export type WorkerAnswer = { reading: Reading; findings: ObjectFinding[][] }[];

export interface Job {
  sources: readonly Source[];
  /** The text of each file, to say where in it a problem is. */
  texts: ReadonlyMap<string, string>;
  plans: readonly Plan[];
  whole: boolean;
  /** Told how many documents are done. */
  progress?(done: number): void;
  /** How many threads to use; else as many as pay. */
  threads?: number;
}

/** Below this, starting a thread takes longer than the work. */
const charactersPerThread = 1_500_000;
const charactersPerBatch = 250_000;

/** Reads documents and judges each of their objects, on all cores when there is enough to do. */
export async function judgeSources(job: Job): Promise<Judged[]> {
  const { sources, texts, plans } = job;
  const size = sources.reduce((sum, { text }) => sum + text.length, 0);
  const useful = Math.floor(size / charactersPerThread);
  const threads = job.threads ?? Math.min(availableParallelism(), useful);
  const batches = threads < 2 ? [[...sources]] : batchesOf(sources);
  const answers =
    threads < 2 ? [judgeTexts(textsOf(sources), plans)] : await share(job, batches, threads);
  return batches.flatMap((batch, number) =>
    batch.flatMap((source, index) => {
      const { reading, findings } = answers[number]?.[index] as WorkerAnswer[number];
      if ("problem" in reading) {
        throw unreadable(source, reading.problem, texts.get(source.file) ?? "");
      }
      return reading.objects.map((found, position) => ({
        manifest: manifestOf(source, found),
        findings: findings[position] ?? [],
      }));
    }),
  );
}

/** What one thread does. */
export function judgeTexts(texts: readonly string[], plans: readonly Plan[]): WorkerAnswer {
  const judge = objectJudge(plans);
  return texts.map((text) => {
    const reading = readSource(text);
    const objects = "objects" in reading ? reading.objects : [];
    return { reading, findings: objects.map(({ subject }) => judge(subject)) };
  });
}

function textsOf(sources: readonly Source[]): string[] {
  return sources.map(({ text }) => text);
}

function batchesOf(sources: readonly Source[]): Source[][] {
  const batches: Source[][] = [];
  let room = 0;
  for (const source of sources) {
    if (room <= 0) {
      batches.push([]);
      room = charactersPerBatch;
    }
    batches.at(-1)?.push(source);
    room -= source.text.length;
  }
  return batches;
}

/** Each thread gets two batches at first, so that it never waits, and one more for each answer. */
async function share(job: Job, batches: Source[][], threads: number): Promise<WorkerAnswer[]> {
  const plans = job.plans.map(({ rule, settings }) => ({ name: rule.name, settings }));
  const workerData: WorkerStart = { plans, whole: job.whole };
  const answers: WorkerAnswer[] = [];
  let next = 0;
  let done = 0;
  const workers = Array.from(
    { length: Math.min(threads, batches.length) },
    () => new Worker(new URL("./worker.ts", import.meta.url), { workerData }),
  );
  const give = (worker: Worker) => {
    const batch = batches[next];
    if (!batch) return;
    worker.postMessage({ number: next, texts: textsOf(batch) });
    next += 1;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      for (const worker of workers) {
        worker.on("error", reject);
        worker.on("message", ({ number, answer }: { number: number; answer: WorkerAnswer }) => {
          answers[number] = answer;
          done += answer.length;
          job.progress?.(done);
          if (done === job.sources.length) resolve();
          give(worker);
        });
        give(worker);
        give(worker);
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return answers;
}
