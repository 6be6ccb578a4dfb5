import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { fromManifest, fromPulumi } from "#policy/model/subject";
import { opaqueInstallers } from "#policy/rules/pulumi/opaque-installers";

/** The messages of U2 about a Pulumi resource. */
function judge(token: string, inputs: KubernetesObject, settings = {}): string[] {
  return fromPulumi(token, inputs).flatMap((subject) =>
    judgeOne(opaqueInstallers, subject, settings).map(({ path, message }) => `${path} ${message}`),
  );
}

const release = { chart: "cert-manager", repositoryOpts: { repo: "https://charts.jetstack.io" } };
const remote = "https://example.com/install.yaml";

describe("opaque installers", () => {
  it("are refused, with the source that they install", () => {
    const cases: [string, KubernetesObject, string][] = [
      ["helm.sh/v3:Release", release, 'chart installs "https://charts.jetstack.io/cert-manager"'],
      ["yaml:ConfigFile", { file: remote }, `file installs "${remote}"`],
      ["yaml/v2:ConfigFile", { file: remote }, `file installs "${remote}"`],
      ["yaml/v2:ConfigGroup", { files: ["a.yaml", remote] }, `files[1] installs "${remote}"`],
      ["yaml:ConfigGroup", { files: remote }, `files[0] installs "${remote}"`],
      [
        "kustomize/v2:Directory",
        { directory: "github.com/org/repo//deploy?ref=main" },
        'directory installs "github.com/org/repo//deploy?ref=main"',
      ],
    ];
    for (const [type, inputs, start] of cases) {
      const [message, ...others] = judge(`kubernetes:${type}`, inputs);
      assert.ok(message?.startsWith(start), `${type}: ${message}`);
      assert.deepEqual(others, []);
    }
    assert.equal(judge("command:local:Command", { create: "helm upgrade -i x ./x" }).length, 1);
  });

  it("are allowed where the objects are seen: charts, local files, other commands", () => {
    assert.deepEqual(judge("kubernetes:helm.sh/v4:Chart", release), []);
    assert.deepEqual(judge("kubernetes:yaml/v2:ConfigFile", { file: "./crds.yaml" }), []);
    assert.deepEqual(judge("kubernetes:kustomize/v2:Directory", { directory: "./deploy" }), []);
    assert.deepEqual(judge("command:local:Command", { create: "make" }), []);
  });

  it("are allowed where the stack's list names exactly that source", () => {
    const reason = "needs hooks to order its webhooks";
    const allow = [{ source: "https://charts.jetstack.io/cert-manager", reason }];
    assert.deepEqual(judge("kubernetes:helm.sh/v3:Release", release, { allow }), []);
    const other = { ...release, chart: "cert-manager-evil" };
    assert.equal(judge("kubernetes:helm.sh/v3:Release", other, { allow }).length, 1);
  });

  it("are found in manifests as well", () => {
    const kustomization = {
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      resources: ["deployment.yaml", remote],
    };
    const paths = fromManifest(kustomization).flatMap((subject) =>
      judgeOne(opaqueInstallers, subject, {}).map(({ path }) => path),
    );
    assert.deepEqual(paths, ["resources[1]"]);
  });
});
