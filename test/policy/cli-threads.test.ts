import assert from "node:assert/strict";
import { objectJudge, verdict } from "#policy/cli/judge";
import { judgeSources } from "#policy/cli/pool";
import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import { plan } from "#policy/model/levels";
import { type Source, sourcesIn } from "#policy/model/manifests";
import { fromManifest, shown } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { policyObjects } from "#test/bench/policy-objects";

const plans = plan(rules, undefined);

describe("the checker's work", function () {
  this.timeout(60_000);
  // Every third application has privileged pods, and one a Service that selects nothing.
  const texts = new Map(
    policyObjects(300).map(({ text }, index) => [
      `${index}.yaml`,
      index % 3 > 0
        ? text
        : text
            .replaceAll("runAsNonRoot: true", "runAsNonRoot: false")
            .replace(/(kind: Service\n[^]*?selector: {.*?): web/, "$1: nothing"),
    ]),
  );
  const sources = [...texts].flatMap(([file, text]) => sourcesIn(file, text));
  const run = async (threads: number, whole: boolean, from: readonly Source[] = sources) => {
    const judged = await judgeSources({ sources: from, texts, plans, whole, threads });
    return verdict(judged, plans, whole).findings.map(
      ({ rule, subject, manifest, violation }) =>
        `${manifest?.file}:${manifest?.document} ${shown(subject)} ${rule.id} ${violation.path}`,
    );
  };

  it("comes to the same on one thread and on two, for a whole stack and a part", async () => {
    const alone = await run(1, true);
    assert.ok(alone.length > 10);
    assert.deepEqual(await run(2, true), alone);
    assert.deepEqual(await run(2, false), await run(1, false));
  });

  it("comes to what the rules say one by one", async () => {
    const judged = await judgeSources({ sources, texts, plans, whole: true, threads: 1 });
    const subjects = judged.map(({ manifest }) => manifest.subject);
    const expected = judge(subjects, plans, new ExemptionLedger(), true).map(
      ({ plan: { rule }, subject, violation }) => `${shown(subject)} ${rule.id} ${violation.path}`,
    );
    const found = verdict(judged, plans, true).findings.map(
      ({ rule, subject, violation }) => `${shown(subject)} ${rule.id} ${violation.path}`,
    );
    assert.deepEqual(found.sort(), expected.sort());
  });

  it("tells of a document that can't be read from every thread", async () => {
    const bad = { file: "bad.yaml", document: 1, text: "a: [1\n", start: 0 };
    for (const threads of [1, 2]) {
      await assert.rejects(run(threads, true, [...sources, bad]), /bad\.yaml can't be read: /);
    }
  });

  it("says how far it is", async () => {
    const told: number[] = [];
    const progress = (done: number) => told.push(done);
    await judgeSources({ sources, texts, plans, whole: false, threads: 2, progress });
    assert.equal(told.at(-1), sources.length);
  });

  it("sorts by object, then by rule, and counts what exemptions excuse", () => {
    const exemption = {
      resource: "Pod b/*",
      reason: "because",
      owner: "us",
      expires: "2999-01-01",
    };
    const pods = ["a", "b"].map((namespace) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "x", namespace },
      spec: { hostPID: true, hostNetwork: true, containers: [] },
    }));
    const chosen = plans
      .filter(({ rule }) => ["P2", "P3"].includes(rule.id))
      .map((each) => ({ ...each, settings: { exemptions: [exemption] } }));
    const check = objectJudge(chosen);
    const judged = pods.flatMap(fromManifest).map((subject, index) => ({
      manifest: { file: "a", document: index + 1, path: "", subject },
      findings: check(subject),
    }));
    const { findings, exempted } = verdict(judged, chosen, true);
    assert.deepEqual(
      findings.map(({ rule, subject }) => `${shown(subject)} ${rule.id}`),
      ["Pod a/x P2", "Pod a/x P3"],
    );
    assert.equal(exempted, 2);
  });
});
