import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { valid } from "semver";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";
import { environmentValues, renderUmbrella } from "#test/charts/support/normal";
import { isHook, ofKind, type Rendered, render } from "#test/support/charts";
import { stackNames } from "#test/support/stack-sources";
import { problemsOf } from "#test/support/valid-objects";

interface Chart {
  name: string;
  type: string;
  version: string;
  appVersion?: string;
  kubeVersion: string;
  dependencies?: { name: string; version: string; repository: string }[];
  annotations?: Record<string, string>;
}

const folder = join(projectRoot, "charts");
const names = readdirSync(folder).filter(
  (name) => lstatSync(join(folder, name)).isDirectory() && name !== "releases",
);
const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
const all: Chart[] = names.map((name) => parse(read(name, "Chart.yaml")));
const applications = all.filter(({ type }) => type === "application");
const templatesOf = (name: string) =>
  readdirSync(join(folder, name, "templates"), { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.(yaml|tpl|txt)$/.test(file),
  );

describe("every chart's metadata", () => {
  it("has a charts' version of MAJOR.MINOR.PATCH, the same for all", () => {
    assert.ok(all.length >= 8);
    for (const { name, version } of all) assert.ok(valid(version), name);
    assert.equal(new Set(all.map(({ version }) => version)).size, 1);
  });

  it("is bound to the versions of Kubernetes that it is tested on", () => {
    for (const { name, kubeVersion } of all) assert.equal(kubeVersion, ">=1.33.0-0", name);
  });

  it("locks its dependencies to the one version of the charts beside it", () => {
    for (const { name, version, dependencies = [] } of all) {
      const inside = join(folder, name, "charts");
      for (const dependency of dependencies) {
        assert.equal(dependency.version, version, `${name} ${dependency.name}`);
        assert.equal(dependency.repository, `file://../${dependency.name}`);
        const there = realpathSync(join(inside, dependency.name));
        assert.equal(there, realpathSync(join(folder, dependency.name)));
      }
      const linked = name === "mesh-lib" ? [] : readdirSync(inside);
      assert.deepEqual(linked.toSorted(), dependencies.map((each) => each.name).toSorted());
    }
  });

  it("tells Artifact Hub its licence, its changes and its images", () => {
    for (const { name, annotations = {} } of applications) {
      assert.equal(annotations["artifacthub.io/license"], "MIT", name);
      const changes = parse(annotations["artifacthub.io/changes"] ?? "[]");
      assert.ok(changes.length > 0, `${name} names no change`);
      const kinds = ["added", "changed", "deprecated", "removed", "fixed", "security"];
      for (const { kind, description } of changes) {
        assert.ok(kinds.includes(kind), `${name}: ${kind}`);
        assert.equal(typeof description, "string", name);
      }
      const images = parse(annotations["artifacthub.io/images"] ?? "[]") as { image: string }[];
      if (name !== "foundation") assert.ok(images.length > 0, name);
      const inValues = new Set(references(parse(read(name, "values.yaml"))));
      for (const image of inValues)
        assert.ok(
          images.some((each) => each.image === image),
          image,
        );
    }
  });

  it("helps whoever installs it: notes, a README, and nothing of its making in the package", () => {
    for (const { name } of applications) {
      assert.ok(templatesOf(name).includes("NOTES.txt"), name);
      assert.match(read(name, "README.md"), /## Install it/);
      assert.match(read(name, ".helmignore"), /^about\.md$/m);
    }
    assert.match(readFileSync(join(folder, "UPGRADE.md"), "utf8"), /## From 0\.1 to 0\.2/);
  });
});

/** The references of all images in some values. */
function references(values: unknown): string[] {
  if (typeof values !== "object" || values === null) return [];
  const { registry, repository, tag } = values as Record<string, string>;
  if (registry && repository && tag) return [`${registry}/${repository}:${tag}`];
  return Object.values(values).flatMap(references);
}

describe("every chart's templates", () => {
  it("ask no cluster and make up no password: the same values render the same", () => {
    const fickle = /\{\{[^}]*\b(lookup|rand[A-Z]\w*|gen[A-Z]\w*|uuidv4|now|date)\b/;
    for (const name of names) {
      for (const file of templatesOf(name)) {
        const code = read(name, "templates", file).replace(/\/\*[\s\S]*?\*\//g, "");
        assert.equal(fickle.exec(code)?.[1], undefined, `${name}/${file}`);
      }
    }
  });

  it("make no Secret: each takes one that is there", async () => {
    for (const stack of stackNames) {
      assert.deepEqual(ofKind(await renderUmbrella(stack), "Secret"), []);
    }
  });

  it("are refused by a Kubernetes that is too old", async () => {
    const { helm } = await import("#local/engine/helm");
    const path = join(folder, "mcp-mesh");
    const { code, stderr } = await helm(["template", "mesh", path, "--kube-version", "1.32.0"]);
    assert.notEqual(code, 0);
    assert.match(stderr, /kubeVersion: >=1\.33\.0-0/);
  });
});

for (const stack of stackNames) {
  describe(`the umbrella's objects as ${stack}, hooks and all`, () => {
    let objects: Rendered[] = [];
    before(async () => {
      objects = await renderUmbrella(stack);
    });
    const podOf = (each: Rendered) => (each.kind === "Pod" ? each.spec : each.spec?.template?.spec);
    const pods = () => objects.filter(podOf);

    it("are such as an API server takes", () => {
      assert.deepEqual(objects.flatMap(problemsOf), []);
    });

    it("keep the restricted Pod Security profile in every pod, tests included", () => {
      assert.ok(pods().some(isHook) && pods().some((each) => !isHook(each)));
      for (const each of pods()) {
        const pod = podOf(each);
        const id = `${each.kind}/${each.metadata.name}`;
        assert.equal(pod.securityContext.runAsNonRoot, true, id);
        assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault", id);
        for (const { securityContext } of [...(pod.initContainers ?? []), ...pod.containers]) {
          assert.equal(securityContext.allowPrivilegeEscalation, false, id);
          assert.deepEqual(securityContext.capabilities.drop, ["ALL"], id);
        }
      }
    });

    it("have the recommended labels, and names that leave room for what Kubernetes adds", () => {
      const keys = ["name", "instance", "version", "component", "part-of", "managed-by"];
      for (const { kind, metadata } of objects.filter((each) => !isHook(each))) {
        for (const key of keys) {
          assert.ok(
            metadata.labels?.[`app.kubernetes.io/${key}`],
            `${kind}/${metadata.name} ${key}`,
          );
        }
        assert.ok(metadata.name.length <= 63, metadata.name);
      }
    });

    it("test each part by a real call, in a pod that may do nothing else", () => {
      const tests = ofKind(objects.filter(isHook), "Pod").map(({ metadata }) => metadata.name);
      const agents = Object.keys(environmentValues(stack).agents ?? {});
      for (const part of [...agents, "registry", "dashboard", "postgres"]) {
        assert.ok(tests.includes(`${part}-test`), `${part} in ${tests}`);
      }
      for (const { metadata } of objects.filter(isHook)) {
        assert.match(metadata.annotations?.["helm.sh/hook-delete-policy"] ?? "", /hook-succeeded/);
      }
    });
  });
}

describe("what can never change within a release", () => {
  /** Kubernetes refuses a change of any of these, so that a release with one could not be upgraded. */
  const selectors = (name: string) => ({
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/part-of": "mcp-mesh",
  });

  it("is: the labels by which Deployments, StatefulSets and Services select", async () => {
    for (const object of (await renderUmbrella("prod")).filter((each) => !isHook(each))) {
      const { kind, metadata, spec } = object;
      const selector = kind === "Service" ? spec.selector : spec?.selector?.matchLabels;
      if (!["Deployment", "StatefulSet", "Service"].includes(kind)) continue;
      // The pods that know each other's sessions are those of the agent; the database's replicas are
      // of one workload with it, and which of its pods a Service leads to is their stream's to say.
      const workload = metadata.name.replace(/-pods$|(?<=^postgres)-(standby|rw|ro)$/, "");
      const {
        "mcp-mesh.dev/stream": _stream,
        "apps.kubernetes.io/pod-index": _index,
        ...own
      } = selector;
      assert.deepEqual(own, selectors(workload), `${kind}/${metadata.name}`);
    }
  });

  it("is: the claims of the StatefulSets, and the Service that they name", async () => {
    const found = ofKind(await renderUmbrella("prod"), "StatefulSet").map(({ metadata, spec }) => [
      metadata.name,
      spec.serviceName,
      spec.podManagementPolicy ?? "OrderedReady",
      spec.volumeClaimTemplates.map((claim: Rendered) => claim.metadata.name).join(),
    ]);
    assert.deepEqual(found.toSorted(), [
      ["observability-alertmanager", "observability-alertmanager", "Parallel", "data"],
      ["observability-grafana", "observability-grafana", "Parallel", "data"],
      ["observability-prometheus", "observability-prometheus", "Parallel", "data"],
      ["postgres", "postgres", "OrderedReady", "data"],
      ["postgres-standby", "postgres-standby", "Parallel", "data,repository"],
    ]);
  });

  it("is short enough in the longest release's name, and in the longest of an agent's", async () => {
    const long = "a".repeat(53);
    const check = { tool: "t", arguments: {}, expect: "e" };
    const agents = { [`b${"c".repeat(49)}`]: { mode: "mesh", config: { a: 1 }, check } };
    const objects = await render("mcp-mesh", long, { agents });
    assert.deepEqual(objects.flatMap(problemsOf), []);
    const names = objects.filter(({ kind }) => kind === "Service").map(({ metadata }) => metadata);
    for (const { name } of names) assert.ok(name.length <= 50, name);
  });
});
