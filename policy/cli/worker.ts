/** A thread of the checker: reads batches of documents, and judges their objects. */
import { parentPort, workerData } from "node:worker_threads";
import { judgeTexts, type WorkerAnswer, type WorkerStart } from "#cli/pool";
import type { Plan } from "#model/levels";
import { nameOf, type Subject } from "#model/subject";
import { rules } from "#rules/all";

const { plans: given, whole } = workerData as WorkerStart;
const byName = new Map(rules.map((rule) => [rule.name, rule]));
const plans = given.flatMap(({ name, settings }): Plan[] => {
  const rule = byName.get(name);
  return rule ? [{ rule, level: rule.level, settings }] : [];
});

parentPort?.on("message", ({ number, texts }: { number: number; texts: string[] }) => {
  const answer = judgeTexts(texts, plans);
  parentPort?.postMessage({ number, answer: whole ? answer : answer.map(lighter) });
});

/** Without what only rules about the whole stack read: sending it takes time. */
function lighter({ reading, findings }: WorkerAnswer[number]): WorkerAnswer[number] {
  if ("problem" in reading) return { reading, findings };
  const objects = reading.objects.map((found) => ({ ...found, subject: named(found.subject) }));
  return { reading: { objects }, findings };
}

function named(subject: Subject): Subject {
  return { ...subject, body: { metadata: nameOf(subject) } };
}
