import assert from "node:assert/strict";
import { explain } from "#policy/cli/explain";
import { coverageAsText, coverageOf } from "#policy/cli/report";
import { ruleCalled } from "#policy/cli/rule-called";
import { controlsOf, frameworks } from "#policy/frameworks/all";
import { podSecurityBaseline, podSecurityRestricted } from "#policy/frameworks/pod-security";
import { type Plan, plan } from "#policy/model/levels";
import { rules } from "#policy/rules/all";
import { CliFolder } from "./support/cli.ts";

const controls = frameworks.flatMap((framework) => framework.controls);

describe("the frameworks", () => {
  it("name only rules that exist", () => {
    const ids = new Set(rules.map(({ id }) => id));
    const unknown = controls.flatMap((control) => control.rules).filter((id) => !ids.has(id));
    assert.deepEqual(unknown, []);
  });

  it("have controls with ids and titles of their own, each rule named once in a control", () => {
    for (const framework of frameworks) {
      const ids = framework.controls.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, framework.id);
      for (const { title, rules: named } of framework.controls) {
        assert.ok(title.length > 2);
        assert.equal(new Set(named).size, named.length);
      }
    }
    assert.equal(new Set(frameworks.map(({ id }) => id)).size, frameworks.length);
  });

  it("have each check of the Pod Security Standards, with the rule that makes it", () => {
    const checks = (framework: typeof podSecurityBaseline) =>
      Object.fromEntries(framework.controls.map(({ id, rules: named }) => [id, named.join(" ")]));
    assert.deepEqual(checks(podSecurityBaseline), {
      windowsHostProcess: "P7",
      hostNamespaces: "P2 P3",
      privileged: "P1",
      capabilities_baseline: "P18",
      hostPathVolumes: "P5",
      hostPorts: "P4",
      hostProbesAndHostLifecycle: "P23",
      appArmorProfile: "P11",
      seLinuxOptions: "P10",
      procMount: "P8",
      seccompProfile_baseline: "P12",
      sysctls: "P9",
    });
    assert.deepEqual(checks(podSecurityRestricted), {
      restrictedVolumes: "P20",
      allowPrivilegeEscalation: "P13",
      runAsNonRoot: "P14",
      runAsUser: "P15",
      procMount_restricted: "P8",
      seccompProfile_restricted: "P12",
      capabilities_restricted: "P19",
    });
  });

  it("have section 5 of the CIS benchmark without a hole in its numbers", () => {
    const ids = frameworks.find(({ id }) => id === "cis")?.controls.map(({ id }) => id) ?? [];
    const sizes = { 1: 13, 2: 12, 3: 2, 4: 2, 5: 1, 6: 4 };
    const expected = Object.entries(sizes).flatMap(([section, size]) =>
      Array.from({ length: size }, (_, index) => `5.${section}.${index + 1}`),
    );
    assert.deepEqual(ids, expected);
  });

  it("are found from a rule", () => {
    const found = controlsOf({ id: "P7" }).map(({ framework, control }) => [
      framework.id,
      control.id,
    ]);
    assert.deepEqual(found, [
      ["pss-baseline", "windowsHostProcess"],
      ["cis", "5.2.10"],
    ]);
    assert.deepEqual(controlsOf({ id: "P" }), []);
  });
});

describe("the report", () => {
  const exemption = { resource: "Pod a/b", reason: "because", owner: "us", expires: "2999-01-01" };
  const plans = (levels: Record<string, Plan["level"]>) =>
    plan(rules, undefined).map((each) => ({
      ...each,
      level: levels[each.rule.id] ?? each.level,
      settings: each.rule.id === "P2" ? { exemptions: [exemption] } : each.settings,
    }));
  const stateOf = (levels: Record<string, Plan["level"]>, framework: string, control: string) =>
    coverageOf(plans(levels))
      .find((each) => each.framework.id === framework)
      ?.controls.find(({ id }) => id === control);

  it("tells the highest level of a control's rules", () => {
    const state = (levels: Record<string, Plan["level"]>) =>
      stateOf(levels, "pss-baseline", "hostNamespaces")?.state;
    assert.equal(state({}), "mandatory");
    assert.equal(state({ P2: "disabled" }), "mandatory");
    assert.equal(state({ P2: "disabled", P3: "advisory" }), "advisory");
    assert.equal(state({ P2: "disabled", P3: "disabled" }), "disabled");
    assert.equal(stateOf({}, "cis", "5.3.1")?.state, "manual");
    assert.equal(stateOf({}, "cis", "5.1.9")?.state, "mandatory");
  });

  it("counts the controls that a rule covers, and the exemptions of each rule", () => {
    const covered = (levels: Record<string, Plan["level"]>) =>
      coverageOf(plans(levels))[0]?.covered;
    assert.equal(covered({}), podSecurityBaseline.controls.length);
    assert.equal(covered({ P1: "disabled" }), podSecurityBaseline.controls.length - 1);
    assert.deepEqual(stateOf({}, "cis", "5.2.3")?.rules, [
      { id: "P2", name: "no-host-pid-or-ipc", level: "mandatory", exemptions: 1 },
    ]);
  });

  it("reads well", () => {
    const text = coverageAsText(coverageOf(plans({ P3: "advisory" })), "prod");
    assert.match(text, /^At the levels of the stack prod; /);
    assert.match(
      text,
      /^Pod Security Standards: baseline v\d\.\d+: 12 of 12 controls have a rule$/m,
    );
    assert.match(text, /^hostNamespaces +mandatory +P2 \(1\), P3 advisory +Host Namespaces$/m);
    assert.match(text, /^5\.3\.1 +manual +- +Ensure that the CNI/m);
    assert.match(coverageAsText([], undefined), /^At the rules' own levels/);
  });
});

describe("an explanation", () => {
  it("finds a rule by id or name, and suggests others", () => {
    assert.equal(ruleCalled(rules, "p14").name, "run-as-non-root");
    assert.equal(ruleCalled(rules, "run-as-non-root").id, "P14");
    assert.throws(() => ruleCalled(rules, "seccomp"), /no rule seccomp; there is seccomp-profile$/);
    assert.throws(() => ruleCalled(rules, "zzz"), /`policy list` shows all/);
  });

  it("says what, why, how, where, and shows examples as diffs", () => {
    const text = explain(ruleCalled(rules, "P12"));
    for (const part of [
      /^P12 seccomp-profile \(high, mandatory by default\)\n\nEvery container runs/,
      /^Why: \S/m,
      /^What to write: \S/m,
      /^ {2}The policy pack, at each resource/m,
      /^ {2}profile \("baseline", "restricted", "restricted" by default\): \S/m,
      /^ {2}CIS Kubernetes Benchmark.*: 5\.6\.2 /m,
      /^ {2}-\s+seccompProfile:\n {2}-\s+type: RuntimeDefault$/m,
      /^ {2}P12 Deployment mesh\/web: .* is missing; write "RuntimeDefault"/m,
      /policy\/docs\/seccomp-profile\.md\n$/,
    ]) {
      assert.match(text, part);
    }
  });
});

describe("policy list, explain and report", function () {
  this.timeout(60_000);
  let folder: CliFolder;

  before(() => {
    folder = new CliFolder({});
  });
  after(() => folder.remove());

  it("write JSON for programs", () => {
    const listed = JSON.parse(folder.run(["list", "--format", "json"]).stdout);
    assert.deepEqual(
      listed.map(({ id }: { id: string }) => id),
      rules.map(({ id }) => id),
    );
    const report = JSON.parse(folder.run(["report", "--stack", "dev", "--format", "json"]).stdout);
    assert.deepEqual(report, JSON.parse(JSON.stringify(coverageOf(plan(rules, "dev")))));
  });

  it("print what they say", () => {
    assert.equal(folder.run(["explain", "P12"]).stdout, explain(ruleCalled(rules, "P12")));
    const { status, stderr } = folder.run(["explain", "zzz"]);
    assert.match(stderr, /^policy: there is no rule zzz; /);
    assert.equal(status, 2);
  });
});
