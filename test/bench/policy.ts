import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { projectRoot, script } from "#local/setup/environment";
import { objectJudge } from "#policy/cli/judge";
import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import { plan } from "#policy/model/levels";
import { isStackRule } from "#policy/model/rule";
import { fromPulumi } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { type Bench, Manifests, Program } from "#test/bench/contenders";
import { compare, type Measured, median, report, say, timed } from "#test/bench/measure";
import type { BenchObject } from "#test/bench/objects";
import { policyObjects, writePolicyObjects } from "#test/bench/policy-objects";
import { benchPeers } from "#test/bench/policy-peers";
import { hosts, startPolicyHost } from "#test/policy/support/host";
import { Project } from "#test/support/project";

/** Times a preview without the pack, and seconds for so many objects. */
const PREVIEW_TARGET = 1.25;
const CHECK_TARGET = { objects: 50_000, seconds: 30 };
const PEER_OBJECTS = 2_000;
const STACK = "prod";

interface Shown {
  type: string;
  inputs?: Record<string, unknown>;
}

/** What the pack costs: its start, its judgements, previews with it; and `policy check`. */
export async function benchPolicy(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-bench-"));
  const project = new Project(join(folder, "no-cluster"));
  try {
    await project.pulumi(["stack", "init", STACK]);
    const { stdout } = await project.pulumi(["preview", "--stack", STACK, "--json"]);
    const { steps } = JSON.parse(stdout) as { steps: { newState: Shown }[] };
    const resources = steps.map(({ newState: { type, inputs = {} } }) => ({ type, inputs }));
    say(`${rules.length} rules; ${resources.length} resources of ${STACK}`);
    await benchHosts(rounds, resources);
    for (const times of [1, 10, 50]) benchInProcess(rounds, resources, times);
    await benchStack(rounds, project);
    for (const times of [10, 50]) {
      const home = join(folder, `preview-${times}`);
      await benchLarge(times === 10 ? rounds : 1, project.env, home, resources.length * times);
    }
    await benchCheck(rounds, join(folder, "objects"));
    await benchPeers(rounds, join(folder, "peers"), PEER_OBJECTS);
  } finally {
    project.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Start, judgements over the wire and memory, under Pulumi's policy host and under the engine's. */
async function benchHosts(rounds: number, resources: Required<Shown>[]): Promise<void> {
  const start = Object.keys(hosts).map((name): Measured => ({ name, seconds: [] }));
  const wire = Object.keys(hosts).map((name): Measured => ({ name, seconds: [] }));
  const memory: number[][] = start.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of Object.values(hosts).entries()) {
      const started = performance.now();
      const host = await startPolicyHost(command);
      start[index]?.seconds.push((performance.now() - started) / 1000);
      const asked = performance.now();
      for (const { type, inputs } of resources) await host.analyze(type, inputs);
      wire[index]?.seconds.push((performance.now() - asked) / 1000);
      memory[index]?.push(host.memory());
      await host.stop();
    }
  }
  report("start of the pack", start);
  report(`remediate and analyze ${resources.length} resources, one after the other`, wire);
  const ofObjects = rules.filter((rule) => !isStackRule(rule)).length;
  for (const [index, { name, seconds }] of wire.entries()) {
    const rate = resources.length / median(seconds);
    const used = median(memory[index] ?? []).toFixed(0);
    say(`  ${name}: ${rates(rate, ofObjects)}; ${used} MiB at most`);
  }
}

/** Judgements in this process, of single objects and of the stack that they are. */
function benchInProcess(rounds: number, resources: Required<Shown>[], times: number): void {
  const subjects = Array.from({ length: times }, (_, copy) =>
    resources.flatMap(({ type, inputs }, index) =>
      fromPulumi(type, inputs, {
        urn: `urn:pulumi:bench::bench::${type}::${copy}-${index}`,
        protect: false,
        ignoreChanges: [],
      }),
    ),
  ).flat();
  const plans = plan(rules, STACK);
  const ofObjects = plans.filter(({ rule }) => !isStackRule(rule));
  const ofStack = plans.filter(({ rule }) => isStackRule(rule));
  const seconds = (work: () => void) => {
    const taken = Array.from({ length: rounds }, () => {
      const started = performance.now();
      work();
      return (performance.now() - started) / 1000;
    });
    return median(taken);
  };
  const judged = objectJudge(ofObjects);
  const each = seconds(() => subjects.map(judged));
  const whole = seconds(() => judge(subjects, ofStack, new ExemptionLedger(), true));
  say(`\nin process, ${subjects.length} objects (${rounds} rounds)`);
  say(
    `  ${ofObjects.length} rules about objects: ${rates(subjects.length / each, ofObjects.length)}`,
  );
  say(`  ${ofStack.length} rules about the stack: ${whole.toFixed(2)} s`);
}

/** A preview of the stack itself, without and with the pack and the stack's settings. */
async function benchStack(rounds: number, project: Project): Promise<void> {
  const policies = ["--policy-pack", "policy"];
  policies.push("--policy-pack-config", `policy/config.${STACK}.json`);
  const preview = (...more: string[]) => {
    const [command, args] = project.command("preview", "--stack", STACK, ...more);
    return { command, args, cwd: project.dir, env: project.env };
  };
  await timed("preview", [preview(...policies)], [0, 1]);
  await compare(
    `preview of ${STACK}`,
    rounds,
    [
      { name: "without the pack", commands: [preview()] },
      { name: "with the pack", commands: [preview(...policies)] },
    ],
    { target: PREVIEW_TARGET, codes: [0, 1] },
  );
}

/** The same of many objects of one chart: the application of the rules' examples, again and again. */
async function benchLarge(
  rounds: number,
  env: NodeJS.ProcessEnv,
  home: string,
  total: number,
): Promise<void> {
  const objects = policyObjects(total).flatMap(({ text }) =>
    parseAllDocuments(text).map((document) => document.toJS() as BenchObject),
  );
  const bench: Bench = { env, helm: "", kubectl: "" };
  const { chart } = new Manifests(bench, join(home, "manifests"), objects);
  const program = new Program(bench, home, { chart, namespace: "mesh" });
  await program.forget();
  const pack = ["--policy-pack", join(projectRoot, "policy")];
  await compare(
    `preview of ${objects.length} objects of a chart`,
    rounds,
    [
      { name: "without the pack", commands: [program.command("preview", "--json")] },
      { name: "with the pack", commands: [program.command("preview", "--json", ...pack)] },
    ],
    { target: PREVIEW_TARGET },
  );
}

async function benchCheck(rounds: number, folder: string): Promise<void> {
  const objects = writePolicyObjects(folder, CHECK_TARGET.objects);
  const [command, args] = script("policy/cli.ts", "check", folder);
  const taken: number[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    taken.push(await timed("policy check", [{ command, args }], [0, 1]));
  }
  const seconds = median(taken);
  const verdict = seconds < CHECK_TARGET.seconds ? "met" : "NOT met";
  const ruleCount = plan(rules, undefined).filter(({ level }) => level !== "disabled").length;
  say(`\npolicy check of ${objects} objects: ${rates(objects / seconds, ruleCount)}`);
  say(`  target: under ${CHECK_TARGET.seconds} s: ${seconds.toFixed(1)} s, ${verdict}`);
}

/** `1,234 resources/s, 123,400 evaluations/s`: an evaluation is a rule asked about a resource. */
function rates(perSecond: number, ruleCount: number): string {
  const number = (value: number) => Math.round(value).toLocaleString("en");
  return `${number(perSecond)} resources/s, ${number(perSecond * ruleCount)} evaluations/s`;
}
