import assert from "node:assert/strict";
import { compliantMesh } from "#policy/examples/mesh";
import { judgeOne } from "#policy/model/judge";
import type { ObjectRule } from "#policy/model/rule";
import { fromManifest, fromPulumi } from "#policy/model/subject";
import { explicitNamespace } from "#policy/rules/metadata/explicit-namespace";
import { explicitStorageClass } from "#policy/rules/metadata/explicit-storage-class";
import { noSystemNamespaces } from "#policy/rules/metadata/no-system-namespaces";
import { podSecurityEnforced } from "#policy/rules/metadata/pod-security-enforced";
import { recommendedLabels } from "#policy/rules/metadata/recommended-labels";
import { servedApiVersions } from "#policy/rules/metadata/served-api-versions";
import { violationsIn } from "./support/objects.ts";

type Case = [what: string, object: object, expected: string[], settings?: object];

function table(rule: ObjectRule, cases: Case[]) {
  describe(rule.name, () => {
    for (const [what, object, expected, settings = {}] of cases) {
      it(what, () => {
        const [subject] =
          "token" in object ? fromPulumi(`${object.token}`, object) : fromManifest(object);
        assert.ok(subject);
        const found = judgeOne(rule, subject, settings as Record<string, unknown>);
        assert.deepEqual(
          found.map(({ path }) => path),
          expected,
        );
      });
    }
  });
}

const of = (apiVersion: string, kind: string, metadata: object | null = {}, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata,
  ...rest,
});
const namespace = ["metadata.namespace"];

table(explicitNamespace, [
  ["asks every kind that has a namespace for it", of("v1", "Service"), namespace],
  ["asks even where there is no metadata", of("v1", "Service", null), namespace],
  ["asks in whatever version", of("extensions/v1beta1", "Ingress"), namespace],
  ["asks in a version that is gone", of("policy/v1beta1", "PodDisruptionBudget"), namespace],
  ["refuses an empty one", of("v1", "Service", { namespace: "" }), namespace],
  ["refuses the default one", of("v1", "Service", { namespace: "default" }), namespace],
  ["accepts another", of("v1", "Service", { namespace: "mesh" }), []],
  ["asks no kind of the whole cluster", of("rbac.authorization.k8s.io/v1", "ClusterRole"), []],
  ["asks no Namespace", of("v1", "Namespace"), []],
  ["asks no policy that is long gone", of("extensions/v1beta1", "PodSecurityPolicy"), []],
  [
    "asks no custom resource, whose kind may have none",
    of("cert-manager.io/v1", "ClusterIssuer"),
    [],
  ],
  [
    "refuses the default one for custom resources",
    of("cert-manager.io/v1", "Issuer", { namespace: "default" }),
    namespace,
  ],
  ["asks no patch", { token: "kubernetes:core/v1:ServicePatch", metadata: {} }, []],
  ["asks no component", { token: "mcp-mesh:index:Agent" }, []],
]);

table(noSystemNamespaces, [
  ["refuses kube-system", of("v1", "ConfigMap", { namespace: "kube-system" }), namespace],
  ["refuses kube-public", of("v1", "ConfigMap", { namespace: "kube-public" }), namespace],
  [
    "refuses kube-node-lease",
    of("example.org/v1", "Web", { namespace: "kube-node-lease" }),
    namespace,
  ],
  ["accepts others", of("v1", "ConfigMap", { namespace: "kube-systems" }), []],
  ["accepts none", of("v1", "ConfigMap", null), []],
  [
    "takes the names from its settings",
    of("v1", "ConfigMap", { namespace: "kube-system" }),
    [],
    { namespaces: ["x"] },
  ],
]);

const enforce = "pod-security.kubernetes.io/enforce";
const labels = (level?: unknown, version?: unknown) =>
  of("v1", "Namespace", { labels: { [enforce]: level, [`${enforce}-version`]: version } });
const at = [`metadata.labels["${enforce}"]`];
const atVersion = [`metadata.labels["${enforce}-version"]`];

table(podSecurityEnforced, [
  ["wants the label", of("v1", "Namespace", null), at],
  ["accepts restricted", labels("restricted"), []],
  ["refuses baseline", labels("baseline"), at],
  ["accepts baseline where that is the setting", labels("baseline"), [], { level: "baseline" }],
  ["accepts more than the setting", labels("restricted"), [], { level: "baseline" }],
  ["refuses less than the setting", labels("privileged"), at, { level: "baseline" }],
  ["refuses what is no level", labels("strict"), at],
  ["accepts the latest version", labels("restricted", "latest"), []],
  ["accepts a version", labels("restricted", "v1.36"), []],
  ["refuses what is no version", labels("restricted", "1.36"), atVersion],
  ["refuses a patch version", labels("restricted", "v1.36.3"), atVersion],
  ["asks a patch for nothing", { token: "kubernetes:core/v1:NamespacePatch" }, []],
  [
    "refuses a patch that weakens",
    { token: "kubernetes:core/v1:NamespacePatch", metadata: { labels: { [enforce]: "baseline" } } },
    at,
  ],
  ["looks at namespaces alone", of("v1", "Service"), []],
]);

const label = (name: string) => `metadata.labels["app.kubernetes.io/${name}"]`;
const all = ["name", "instance", "component", "part-of", "managed-by"];

table(recommendedLabels, [
  ["wants them all", of("v1", "Service", null), all.map(label)],
  [
    "takes an empty one for none",
    of("v1", "Service", { labels: { a: "" } }),
    ['metadata.labels["a"]'],
    { labels: ["a"] },
  ],
  [
    "wants those of its settings",
    of("v1", "Service", { labels: { a: "b" } }),
    ['metadata.labels["c"]'],
    { labels: ["a", "c"] },
  ],
  ["asks no custom resource", of("example.org/v1", "Web"), []],
  ["asks no patch", { token: "kubernetes:core/v1:ServicePatch" }, []],
  [
    "asks nothing that is answered and forgotten",
    of("authorization.k8s.io/v1", "SubjectAccessReview"),
    [],
  ],
  [
    "asks a RoleBinding",
    of("rbac.authorization.k8s.io/v1", "RoleBinding", { labels: { a: "" } }),
    ['metadata.labels["a"]'],
    { labels: ["a"] },
  ],
]);

const apiVersion = ["apiVersion"];

table(servedApiVersions, [
  ["accepts a version that is served", of("apps/v1", "Deployment"), []],
  ["refuses one that was removed", of("apps/v1beta1", "Deployment"), apiVersion],
  ["refuses a group that was removed", of("extensions/v1beta1", "Ingress"), apiVersion],
  ["refuses a kind that was removed", of("policy/v1beta1", "PodSecurityPolicy"), apiVersion],
  ["refuses a kind that its group never had", of("v1", "Deployment"), apiVersion],
  [
    "refuses a beta, which is off by default",
    of("networking.k8s.io/v1beta1", "ServiceCIDR"),
    apiVersion,
  ],
  ["refuses an alpha", of("resource.k8s.io/v1alpha3", "DeviceTaintRule"), apiVersion],
  [
    "accepts what the cluster is told to serve",
    of("resource.k8s.io/v1alpha3", "DeviceTaintRule"),
    [],
    { allow: ["resource.k8s.io/v1alpha3"] },
  ],
  ["leaves custom resources alone", of("example.org/v1beta1", "Web"), []],
  ["leaves groups of add-ons alone", of("snapshot.storage.k8s.io/v1beta1", "VolumeSnapshot"), []],
  ["leaves files of manifests alone", { token: "kubernetes:yaml:ConfigFile" }, []],
  ["leaves folders of manifests alone", { token: "kubernetes:kustomize/v2:Directory" }, []],
  ["leaves lists alone, whose items are judged", of("v1", "PodList"), []],
]);

it("served-api-versions says what to write instead", () => {
  const message = (version: string, kind: string) =>
    fromManifest(of(version, kind)).flatMap((each) => judgeOne(servedApiVersions, each, {}))[0]
      ?.message;
  assert.equal(
    message("extensions/v1beta1", "Ingress"),
    'is "extensions/v1beta1", in which Ingress does not exist any more in Kubernetes 1.36; write networking.k8s.io/v1',
  );
  assert.match(message("policy/v1beta1", "PodSecurityPolicy") ?? "", /; use what replaced it$/);
  assert.match(
    message("networking.k8s.io/v1beta1", "IPAddress") ?? "",
    /not served unless .* write networking\.k8s\.io\/v1$/,
  );
});

const claim = (spec: object | null, metadata: object = {}) =>
  of("v1", "PersistentVolumeClaim", metadata, { spec });
const beta = { annotations: { "volume.beta.kubernetes.io/storage-class": "fast" } };

table(explicitStorageClass, [
  ["wants a class", claim({}), ["spec.storageClassName"]],
  ["wants one in an empty claim", claim(null), ["spec.storageClassName"]],
  ["accepts one", claim({ storageClassName: "fast" }), []],
  [
    "accepts the empty one, which asks for a volume that exists",
    claim({ storageClassName: "" }),
    [],
  ],
  ["accepts the old annotation", claim({}, beta), []],
  [
    "asks a patch for nothing",
    { token: "kubernetes:core/v1:PersistentVolumeClaimPatch", spec: {} },
    [],
  ],
  [
    "looks into no other kind's fields",
    of("apps/v1", "Deployment", {}, { spec: { volumeClaimTemplates: [{}] } }),
    [],
  ],
  [
    "looks at each claim of a StatefulSet",
    of(
      "apps/v1",
      "StatefulSet",
      {},
      { spec: { volumeClaimTemplates: [{ spec: { storageClassName: "a" } }, null] } },
    ),
    ["spec.volumeClaimTemplates[1].spec.storageClassName"],
  ],
  [
    "looks at each claim that a pod brings with it",
    of(
      "v1",
      "Pod",
      {},
      { spec: { volumes: [null, { emptyDir: {} }, { ephemeral: { volumeClaimTemplate: {} } }] } },
    ),
    ["spec.volumes[2].ephemeral.volumeClaimTemplate.spec.storageClassName"],
  ],
]);

describe("backed-up-volumes", () => {
  const without = () => {
    const mesh = compliantMesh();
    Object.assign(mesh["StatefulSet/db"]?.metadata ?? {}, { annotations: null });
    return mesh;
  };
  const found = (extra: object[], change: (db: any) => void = () => {}) => {
    const mesh = without();
    change(mesh["StatefulSet/db"]);
    return violationsIn([...Object.values(mesh), ...extra]).paths.M10 ?? [];
  };
  const template = "spec.volumeClaimTemplates[0]";
  const schedule = (spec: object | null) => ({
    apiVersion: "velero.io/v1",
    kind: "Schedule",
    metadata: { name: "nightly", namespace: "velero" },
    spec,
  });
  const pvc = (annotations: object = {}) => ({
    ...of("v1", "PersistentVolumeClaim", { name: "files", namespace: "mesh", annotations }),
    spec: { storageClassName: "fast" },
  });
  const annotation = { "policy.mcp-mesh.dev/backup": "none: a cache" };
  const cases: [what: string, found: string[], expected: string[]][] = [
    ["wants a backup", found([]), [template]],
    ["wants one for each claim", found([pvc()]), ["metadata.annotations", template]],
    ["takes a claim's annotation", found([pvc(annotation)]), [template]],
    [
      "takes no empty annotation",
      found([pvc({ "policy.mcp-mesh.dev/backup": " " })]).slice(0, 1),
      ["metadata.annotations"],
    ],
    [
      "takes a template's annotation",
      found([], ({ spec }) => {
        spec.volumeClaimTemplates[0].metadata.annotations = annotation;
      }),
      [],
    ],
    ["takes a schedule over everything", found([schedule({ template: {} }), pvc()]), []],
    ["takes none that is paused", found([schedule({ paused: true, template: {} })]), [template]],
    ["takes none without a template", found([schedule({}), schedule(null)]), [template]],
    [
      "takes one over the namespace",
      found([schedule({ template: { includedNamespaces: ["mesh"] } })]),
      [],
    ],
    [
      "takes one over all namespaces",
      found([schedule({ template: { includedNamespaces: ["*"], includedResources: ["pvc"] } })]),
      [],
    ],
    [
      "takes none over another",
      found([schedule({ template: { includedNamespaces: ["other"] } })]),
      [template],
    ],
    [
      "takes none that leaves it out",
      found([schedule({ template: { excludedNamespaces: ["mesh"] } })]),
      [template],
    ],
    [
      "takes none of other resources",
      found([schedule({ template: { includedResources: ["secrets"] } })]),
      [template],
    ],
    [
      "takes none that leaves claims out",
      found([schedule({ template: { excludedResources: ["persistentvolumeclaims"] } })]),
      [template],
    ],
    [
      "takes none of objects without their data",
      found([schedule({ template: { snapshotVolumes: false } })]),
      [template],
    ],
    [
      "takes one of files",
      found([schedule({ template: { snapshotVolumes: false, defaultVolumesToFsBackup: true } })]),
      [],
    ],
    [
      "takes one that selects the claim by the set's labels",
      found([
        schedule({
          template: { labelSelector: { matchLabels: { "app.kubernetes.io/name": "db" } } },
        }),
      ]),
      [],
    ],
    [
      "takes none that selects others",
      found([
        schedule({
          template: { labelSelector: { matchLabels: { "app.kubernetes.io/name": "web" } } },
        }),
        pvc(),
      ]),
      ["metadata.annotations", template],
    ],
    [
      "takes a pod that backs itself up, its repository included",
      found(
        [{ ...pvc(), metadata: { name: "repository", namespace: "mesh" } }, pvc()],
        ({ spec }) => {
          spec.template.spec.containers[0].env = [{ name: "PGBACKREST_STANZA", value: "main" }];
          spec.template.spec.volumes = [
            null,
            { name: "r", persistentVolumeClaim: { claimName: "repository" } },
          ];
        },
      ),
      ["metadata.annotations"],
    ],
    [
      "takes no pod of another tool's variables",
      found([], ({ spec }) => {
        spec.template.spec.containers[0].env = [
          null,
          { name: "MY_PGBACKREST_STANZA", value: "main" },
        ];
      }),
      [template],
    ],
    [
      "wants none where no claim is",
      found([], ({ spec }) => {
        spec.volumeClaimTemplates = null;
      }),
      [],
    ],
  ];
  for (const [what, actual, expected] of cases) {
    it(what, () => assert.deepEqual(actual, expected));
  }
});
