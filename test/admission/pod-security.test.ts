import assert from "node:assert/strict";
import type { Template } from "#policy/examples/mesh";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { rules } from "#policy/rules/all";
import { Api } from "#test/admission/support/api";
import {
  expected,
  type Fixture,
  idsIn,
  podSecurityFixtures,
  profiles,
  settingsOf,
  withoutImplied,
} from "#test/admission/support/fixtures";
import {
  broken,
  collectionOf,
  each,
  install,
  makeNamespace,
  plansWith,
  submit,
  uninstall,
} from "#test/admission/support/judges";
import { validated } from "#test/admission/support/valid";
import { compliantPod, kinds, podExamples } from "#test/policy/support/objects";
import { testTarget } from "#test/support/kubectl";

const idOf = new Map(rules.map(({ id, name }) => [name, id]));
const templates = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet"];
const both = ["baseline", "restricted"] as const;
type Profile = Fixture["profile"];

/** Sysctls that are safe from 1.37 on: the rules let them pass, an API server of 1.36 does not. */
const isNewer = (name: string) => name.endsWith("/pass/sysctls1");

/** The ids of the profile's rules that TypeScript finds broken. */
function judged(object: unknown, profile: Profile): string[] {
  const ids = broken(object, settingsOf(profile)).map((name) => idOf.get(name) ?? name);
  return ids.filter((id) => profiles[profile].includes(id)).toSorted();
}

/** A fixture's pod as a template: its labels must be those that the workload selects. */
function wrap(kind: string, pod: Template): KubernetesObject {
  const { labels } = compliantPod().metadata;
  const template = structuredClone(pod);
  template.metadata = { ...template.metadata, labels };
  return kinds[kind]?.(template) ?? {};
}

describe("the fixtures of Pod Security", function () {
  this.timeout(300_000);
  let fixtures: Fixture[] = [];

  before(async () => {
    fixtures = await podSecurityFixtures();
  });

  function check(fixture: Fixture, found: string[]) {
    const { some, others } = expected(fixture);
    const known = found.filter((id) => some.includes(id));
    assert.ok(some.length === 0 || known.length > 0, `${fixture.name} is let through: ${found}`);
    assert.deepEqual(found, [...new Set([...known, ...others])].toSorted(), fixture.name);
  }

  it("get the right verdict, each by the rule that it is made for and no other", () => {
    assert.equal(fixtures.length, 148);
    for (const fixture of fixtures) check(fixture, judged(fixture.pod, fixture.profile));
  });

  it("get the same verdict as the template of every workload", () => {
    for (const fixture of fixtures) {
      for (const kind of templates)
        check(fixture, judged(wrap(kind, fixture.pod), fixture.profile));
    }
  });
});

describe("Pod Security, its rules as admission policies, and the rules", function () {
  this.timeout(600_000);
  let api: Api;
  const prefix = "pod-security";

  before(async function () {
    const target = testTarget();
    if (!target) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    api = new Api(target.kubeconfig);
    for (const profile of both) {
      for (const mode of ["enforce", "warn"]) {
        await makeNamespace(api, `${prefix}-${mode}-${profile}`, {
          [`pod-security.kubernetes.io/${mode}`]: profile,
          [`pod-security.kubernetes.io/${mode}-version`]: "latest",
        });
      }
      const plans = plansWith(settingsOf(profile)).filter(({ rule }) =>
        profiles[profile].includes(rule.id),
      );
      const namespace = `${prefix}-warn-${profile}`;
      await install(api, plans, { prefix: namespace, namespace, action: "warn" });
    }
  });

  after(async () => {
    if (!api) return;
    await uninstall(api, prefix);
    for (const profile of both) {
      for (const mode of ["enforce", "warn"]) {
        await api.must("DELETE", `/api/v1/namespaces/${prefix}-${mode}-${profile}`);
      }
    }
    api.close();
  });

  /** Asks all three about an object; says where they differ, and why it could not be asked. */
  async function compare(what: string, object: KubernetesObject, profile: Profile) {
    const namespace = `${prefix}-warn-${profile}`;
    const placed = validated({ ...object, metadata: { ...object.metadata, namespace } });
    const verdict = await submit(api, placed);
    if (verdict.invalid) return { invalid: `${what}: ${verdict.invalid}` };
    const live = withoutImplied(judged(verdict.admitted, profile), profile);
    const names = [...verdict.policies].map((name) => name.slice(namespace.length + 1));
    const cel = withoutImplied(
      names.map((name) => idOf.get(name) ?? name),
      profile,
    );
    // A pod template's object that is no workload is none of Pod Security's business.
    const kubernetes =
      object.kind === "PodTemplate"
        ? live
        : withoutImplied(verdict.warnings.flatMap(idsIn), profile);
    const differ = `${cel}` !== `${live}` || `${kubernetes}` !== `${live}`;
    return differ ? { difference: { what, profile, live, cel, kubernetes } } : {};
  }

  function report(results: Awaited<ReturnType<typeof compare>>[]) {
    const invalid = results.flatMap((result) => result.invalid ?? []);
    console.log(`      ${results.length - invalid.length} objects compared`);
    for (const line of invalid) console.log(`      not valid: ${line.slice(0, 200)}`);
    assert.deepEqual(
      results.flatMap((result) => result.difference ?? []),
      [],
    );
    return invalid;
  }

  it("agree on every fixture, as a pod and as every workload's template", async () => {
    const fixtures = (await podSecurityFixtures()).filter(({ name }) => !isNewer(name));
    const cases = fixtures.flatMap((fixture) => [
      ...both.map((profile) => ({ fixture, profile, kind: "Pod" })),
      ...templates.map((kind) => ({ fixture, profile: fixture.profile, kind })),
    ]);
    const results = await each(cases, ({ fixture, profile, kind }) => {
      const object = wrap(kind, fixture.pod);
      object.metadata = { ...object.metadata, name: "web" };
      return compare(`${fixture.name} in a ${kind}`, object, profile);
    });
    assert.equal(cases.length, 146 * 8);
    report(results);
  });

  it("agree on this project's own examples, in every kind that runs pods", async () => {
    const served = Object.keys(kinds).filter((kind) => !kind.startsWith("old "));
    const cases = both.flatMap((profile) =>
      podExamples.flatMap(({ what, breakPod }) =>
        served.map((kind) => ({ what, breakPod, kind, profile })),
      ),
    );
    const results = await each(cases, ({ what, breakPod, kind, profile }) => {
      const pod = compliantPod();
      breakPod(pod);
      const { serviceAccountName: _, ...spec } = pod.spec as { serviceAccountName?: string };
      return compare(`${what} in a ${kind}`, wrap(kind, { ...pod, spec } as Template), profile);
    });
    report(results);
  });

  it("refuse the same pods", async () => {
    const fixtures = (await podSecurityFixtures()).filter(({ name }) => !isNewer(name));
    const cases = both.flatMap((profile) => fixtures.map((fixture) => ({ fixture, profile })));
    async function ask({ fixture, profile }: { fixture: Fixture; profile: Profile }) {
      const namespace = `${prefix}-enforce-${profile}`;
      const metadata = { ...fixture.pod.metadata, name: "web", namespace };
      const pod = validated({ ...fixture.pod, apiVersion: "v1", kind: "Pod", metadata });
      const path = `${collectionOf(pod)}?dryRun=All`;
      const { status, body } = await api.call("POST", path, pod);
      const refused = status === 403 && /violates PodSecurity/.test(body.message);
      if (status >= 300 && !refused) return `${fixture.name}: ${body.message}`;
      return refused === judged(pod, profile).length > 0 ? [] : `${fixture.name}: ${refused}`;
    }
    assert.deepEqual((await each(cases, ask)).flat(), []);
  });
});
