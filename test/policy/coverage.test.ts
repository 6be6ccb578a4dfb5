import assert from "node:assert/strict";
import { compliantMesh } from "#policy/examples/mesh";
import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { type Plan, plan } from "#policy/model/levels";
import { isStackRule } from "#policy/model/rule";
import { schemas } from "#policy/model/schema";
import { fromManifest, fromPulumi, type Subject } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { meshExamples } from "./support/objects.ts";

/** An example's broken object, and what the rule that it is made for says of it. */
interface Broken {
  id: string;
  what: string;
  object: KubernetesObject;
  paths: string[];
  plans: Plan[];
}

const broken = meshExamples.flatMap((example): Broken[] => {
  const mesh = compliantMesh();
  example.break(mesh);
  const [id = ""] = example.rules;
  const rule = rules.find((each) => each.id === id);
  const object = Object.values(mesh).find(
    ({ kind, metadata }) => `${kind}/${metadata?.name}` === example.object,
  );
  if (!rule || !object || isStackRule(rule)) return [];
  const plans = plan([rule], undefined).map((each) => ({
    ...each,
    settings: { ...each.settings, ...example.settings?.[rule.name] },
  }));
  const [subject] = fromManifest(object);
  const paths = pathsOf(subject ? [subject] : [], plans);
  return [{ id, what: example.what, object, paths, plans }];
});

function pathsOf(subjects: Subject[], plans: Plan[]): string[] {
  return judge(subjects, plans, new ExemptionLedger(), false).map(
    ({ violation }) => violation.path,
  );
}

/** `apps/v1` as the type of a Pulumi resource has it. */
const moduleOf = (apiVersion: string) =>
  apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;

/** Every version that Kubernetes serves the kind in, and one that it served once. */
function versionsOf({ apiVersion = "", kind }: KubernetesObject): string[] {
  const { namespaced, clusterScoped } = schemas();
  const group = apiVersion.includes("/") ? `${apiVersion.split("/")[0]}/` : "";
  const keys = Object.keys({ ...namespaced, ...clusterScoped });
  const served = keys
    .filter((key) => key.startsWith(group) && /^v\w+\/\w+$/.test(key.slice(group.length)))
    .filter((key) => key.endsWith(`/${kind}`))
    .map((key) => key.slice(0, -`/${kind}`.length));
  return [...new Set([apiVersion, ...served, `${group}v1beta1`])];
}

/** Whether the object has a value at the path. Its kind and version no patch can change. */
function isSaid(object: unknown, path: string): boolean {
  if (path === "kind" || path === "apiVersion") return false;
  const steps = path.match(/"[^"]*"|[^.[\]"]+/g) ?? [];
  let value = object;
  for (const step of steps) {
    value = (value as Record<string, unknown> | undefined)?.[step.replaceAll('"', "")];
  }
  return value !== undefined && value !== null;
}

/** Rules that judge the version itself, or by it. */
const aboutVersions = ["M5", "M11"];

describe("an example's broken object", () => {
  for (const { id, what, object, paths, plans } of broken) {
    const { apiVersion = "", kind = "" } = object;

    it(`${id}, ${what}: is found by itself`, () => {
      assert.ok(paths.length > 0);
    });

    it(`${id}, ${what}: is found as a Pulumi resource of any version`, () => {
      const versions = aboutVersions.includes(id) ? [apiVersion] : versionsOf(object);
      for (const version of versions) {
        const token = `kubernetes:${moduleOf(version)}:${kind}`;
        const body = { ...object, apiVersion: version };
        assert.deepEqual(pathsOf(fromPulumi(token, body), plans), paths, token);
      }
    });

    it(`${id}, ${what}: is found as a CustomResource, whose type is its inputs' own`, () => {
      // Charts, yaml and kustomize make their objects of the kinds' own types, or of this one.
      const token = `kubernetes:${apiVersion}:${kind}`;
      assert.deepEqual(pathsOf(fromPulumi(token, object), plans), paths);
    });

    it(`${id}, ${what}: is found in a patch that says it`, () => {
      const said = paths.filter((path) => isSaid(object, path));
      for (const token of [
        `kubernetes:${moduleOf(apiVersion)}:${kind}Patch`,
        `kubernetes:${apiVersion}:${kind}Patch`,
      ]) {
        const found = pathsOf(fromPulumi(token, object), plans);
        assert.deepEqual(
          found.filter((path) => isSaid(object, path)),
          said,
          token,
        );
        assert.deepEqual(
          found.filter((path) => !paths.includes(path)),
          [],
          token,
        );
      }
    });

    it(`${id}, ${what}: is found as an item of a list`, () => {
      const items = [object, object];
      const twice = [...paths, ...paths];
      const list = fromManifest({ apiVersion: "v1", kind: "List", items });
      assert.deepEqual(pathsOf(list, plans), twice);
      const token = `kubernetes:${moduleOf(apiVersion)}:${kind}List`;
      const typed = { apiVersion, kind: `${kind}List`, items };
      assert.deepEqual(pathsOf(fromPulumi(token, typed), plans), twice);
    });
  }
});

describe("a resource's type", () => {
  it("that ends in Patch is a patch, unless it is the name of a kind", () => {
    const [patch] = fromPulumi("kubernetes:apps/v1:DeploymentPatch", { kind: "Deployment" });
    assert.deepEqual([patch?.kind, patch?.patch], ["Deployment", true]);
    const [own] = fromPulumi("kubernetes:example.org/v1:WebPatch", { kind: "WebPatch" });
    assert.deepEqual([own?.kind, own?.patch], ["WebPatch", false]);
  });
});
