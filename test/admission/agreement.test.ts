import assert from "node:assert/strict";
import { resourceOf } from "#policy/admission/resources";
import { compliantMesh, type Mesh } from "#policy/examples/mesh";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { Api } from "#test/admission/support/api";
import {
  admissible,
  broken,
  each,
  install,
  makeNamespace,
  plansWith,
  type RuleSettings,
  submit,
  uninstall,
} from "#test/admission/support/judges";
import { validated } from "#test/admission/support/valid";
import { compliantPod, kinds, meshExamples, podExamples } from "#test/policy/support/objects";
import { testTarget } from "#test/support/kubectl";

interface Case {
  what: string;
  object: KubernetesObject;
  settings: RuleSettings;
}

interface Comparison {
  /** Why the API server would not have the object. */
  invalid?: string;
  /** The rules on whose fields the server has put something. */
  filled?: string[];
  difference?: { what: string; cel: string[]; typescript: string[] };
}

const prefix = "agreement";

/** The settings of a rule where they are not the default ones: each has policies of its own. */
const variants = (settings: RuleSettings) =>
  Object.entries(settings).filter(([name]) => admissible.some((rule) => rule.name === name));

describe("the rules in TypeScript and as admission policies", function () {
  this.timeout(600_000);
  let api: Api;
  const prefixes = new Map<string, string>();

  before(async function () {
    const target = testTarget();
    if (!target) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    api = new Api(target.kubeconfig);
    await makeNamespace(api, "mesh", {}, ["web", "other", "builder"]);
    for (const [name, settings] of meshExamples.flatMap((each) => variants(each.settings ?? {}))) {
      const key = JSON.stringify([name, settings]);
      if (prefixes.has(key)) continue;
      prefixes.set(key, `${prefix}-${prefixes.size + 1}`);
      const plans = plansWith({ [name]: settings }).filter(({ rule }) => rule.name === name);
      await install(api, plans, { prefix: prefixes.get(key) ?? "", action: "warn" });
    }
    await install(api, plansWith(), { prefix: `${prefix}-0`, action: "warn" });
  });

  after(async () => {
    if (!api) return;
    await uninstall(api, prefix);
    await api.must("DELETE", "/api/v1/namespaces/mesh");
    api.close();
  });

  /** The rules that the API server finds broken, each under the settings of the case. */
  function namesIn(policies: Set<string>, settings: RuleSettings): string[] {
    const own = new Map(
      variants(settings).map(([name, own]) => [name, prefixes.get(JSON.stringify([name, own]))]),
    );
    return admissible
      .map(({ name }) => name)
      .filter((name) => policies.has(`${own.get(name) ?? `${prefix}-0`}-${name}`));
  }

  async function compare({ what, object, settings }: Case): Promise<Comparison> {
    const manifest = validated(object);
    const verdict = await submit(api, manifest);
    if (verdict.invalid) return { invalid: `${what}: ${verdict.invalid}` };
    const cel = namesIn(verdict.policies, settings);
    const written = broken(manifest, settings);
    const live = verdict.admitted ? broken(verdict.admitted, settings) : written;
    // Where the server has filled in what decides, either answer will do; which, the test lists.
    const filled = admissible
      .map(({ name }) => name)
      .filter((name) => written.includes(name) !== live.includes(name));
    const without = (names: string[]) => names.filter((name) => !filled.includes(name));
    const differ = `${without(cel)}` !== `${without(live)}`;
    const found = { what, cel: without(cel), typescript: without(live) };
    return { filled, ...(differ && { difference: found }) };
  }

  async function agree(cases: Case[]) {
    const results = await each(cases, compare);
    const invalid = results.flatMap((result) => result.invalid ?? []);
    console.log(`      ${cases.length - invalid.length} objects compared`);
    for (const line of invalid) console.log(`      not valid: ${line.slice(0, 250)}`);
    assert.deepEqual(
      results.flatMap((result) => result.difference ?? []),
      [],
    );
    const filled = new Set(results.flatMap((result) => result.filled ?? []));
    return [...filled].toSorted();
  }

  it("agree on the example application, and on each change that breaks a rule", async () => {
    const right = compliantMesh();
    const cases = [
      ...changed({}, right).map((object) => ({ what: nameOf(object), object, settings: {} })),
      ...meshExamples.flatMap(({ what, break: apply, settings = {} }) => {
        const mesh = compliantMesh();
        apply(mesh);
        return changed(right, mesh).map((object) => ({ what, object, settings }));
      }),
    ].filter(({ object }) => isServed(object));
    // A load balancer has node ports, and the account's old field is written into the new one.
    assert.deepEqual(await agree(cases), ["no-node-ports", "own-service-account"]);
  });

  it("agree on every example about pods, in every kind that runs pods", async () => {
    const served = Object.entries(kinds).filter(([kind]) => !kind.startsWith("old "));
    const cases = served.flatMap(([kind, wrap]) => [
      { what: `a compliant ${kind}`, object: wrap(compliantPod()), settings: {} },
      ...podExamples.map(({ what, breakPod, settings = {} }) => {
        const pod = compliantPod();
        breakPod(pod);
        return { what: `${what} in a ${kind}`, object: wrap(pod), settings };
      }),
    ]);
    // The host's network makes every port one of the host, limits are requests too, and a pod
    // that is there has a node and an account.
    assert.deepEqual(await agree(cases), [
      "no-host-ports",
      "no-node-pinning",
      "own-service-account",
      "requests-and-limits",
    ]);
  });
});

/** The objects that are not the same as in the other application. */
function changed(before: Mesh, after: Mesh): KubernetesObject[] {
  return Object.entries(after).flatMap(([key, object]) =>
    object && JSON.stringify(before[key]) !== JSON.stringify(object) ? [object] : [],
  );
}

const nameOf = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata?.name}`;

/** Kinds of operators, and versions that Kubernetes serves no more, are not on the test's cluster. */
function isServed({ apiVersion = "", kind }: KubernetesObject): boolean {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const builtIn = !group?.includes(".") || group.endsWith(".k8s.io");
  return (
    builtIn &&
    !version?.includes("beta") &&
    Boolean(resourceOf(group ? `${group}/${kind}` : `${kind}`))
  );
}
