import assert from "node:assert/strict";
import { ofKind, type Rendered } from "#test/support/charts";
import { fits, openFlows } from "#test/support/flows";
import { objectsOf } from "#test/support/program";
import { stackNames } from "#test/support/stack-sources";

type Labels = Record<string, string>;
interface Volume {
  configMap?: { name: string };
  secret?: { secretName: string; defaultMode: number };
}
const WORKLOADS = ["Deployment", "StatefulSet", "Job"];
const PARTS = [
  "dashboard",
  "debug",
  "everything",
  "greeter",
  "observability-alertmanager",
  "observability-kube-state-metrics",
  "observability-prometheus",
  "postgres",
  "registry",
  "release-check",
];
const SESSIONFUL = ["everything", "notes"];
const FLOWS = [
  "dashboard > observability-prometheus:9090",
  "dashboard > registry:8000",
  "observability-prometheus > dashboard:8090",
  "greeter > everything:8080",
  "greeter > registry:8000",
  "observability-prometheus > greeter:8081",
  // The relay's, as the server counts nothing.
  "observability-prometheus > everything:8083",
  "observability-prometheus > observability-alertmanager:9093",
  "observability-prometheus > observability-kube-state-metrics:8080",
  "observability-prometheus > postgres:9187",
  "observability-prometheus > registry:8000",
  "registry > postgres:5432",
  ...["debug", "everything", "greeter"].map((name) => `release-check > ${name}:8080`),
];
/** It never has a second replica. */
const ALONE = "observability-kube-state-metrics";
const grafana = {
  parts: ["observability-grafana"],
  flows: [
    "observability-grafana > observability-prometheus:9090",
    "observability-prometheus > observability-grafana:3000",
  ],
};
const MESH = ["forecast", "notes", "packing", "trip"];
const samples = {
  parts: ["clock", ...MESH],
  flows: [
    ...["packing > forecast:8080", "trip > packing:8080"],
    ...MESH.flatMap((name) => [
      `${name} > registry:8000`,
      `observability-prometheus > ${name}:8081`,
    ]),
    ...["clock", ...MESH].map((name) => `release-check > ${name}:8080`),
  ],
};
const REPLICA = "postgres-standby";
/** The database's replica, which is one workload with it: they ask each other. */
const replica = {
  parts: [...grafana.parts, REPLICA],
  flows: [...grafana.flows, "postgres > postgres:5432"],
};
const MORE: Record<string, typeof grafana> = { dev: samples, staging: grafana, prod: replica };

for (const stack of stackNames) {
  describe(`the objects of ${stack}`, function () {
    this.timeout(120_000);
    let objects: Rendered[] = [];
    let workloads: Rendered[] = [];
    const podOf = (workload: Rendered) => workload.spec.template.spec;
    const labelsOf = (workload: Rendered): Labels => workload.spec.template.metadata.labels;
    const policiesOf = (workload: Rendered) =>
      ofKind(objects, "NetworkPolicy").filter(
        ({ spec }) =>
          spec.podSelector.matchLabels && fits(spec.podSelector.matchLabels, labelsOf(workload)),
      );

    before(async () => {
      objects = await objectsOf(stack);
      workloads = objects.filter(({ kind }) => WORKLOADS.includes(kind));
    });

    it("are the whole system, each under a name of its own", () => {
      const names = workloads.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{10}$/, ""));
      assert.deepEqual(names.toSorted(), [...PARTS, ...(MORE[stack]?.parts ?? [])].toSorted());
      const ids = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      assert.deepEqual(ids.toSorted(), [...new Set(ids)].toSorted());
    });

    it("give containers no way up: no root, no capability, no writable root, no token", () => {
      for (const workload of workloads) {
        const pod = podOf(workload);
        assert.equal(pod.automountServiceAccountToken, false, workload.metadata.name);
        assert.equal(pod.securityContext.runAsNonRoot, true, workload.metadata.name);
        assert.ok(pod.securityContext.runAsUser > 0, workload.metadata.name);
        assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
        for (const { name, securityContext } of [
          ...(pod.initContainers ?? []),
          ...pod.containers,
        ]) {
          // The exporter's: the server knows it by it.
          const { runAsUser, runAsGroup, ...rest } = securityContext;
          assert.ok(runAsUser !== 0 && runAsGroup !== 0, `${workload.metadata.name}/${name}`);
          assert.deepEqual(
            rest,
            {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
            `${workload.metadata.name}/${name}`,
          );
        }
      }
    });

    it("say for every container what it needs and what it may use, the disk included", () => {
      for (const workload of workloads) {
        const pod = podOf(workload);
        for (const { resources } of [...(pod.initContainers ?? []), ...pod.containers]) {
          for (const kind of ["requests", "limits"]) {
            const keys = Object.keys(resources[kind]).toSorted();
            assert.deepEqual(keys, ["cpu", "ephemeral-storage", "memory"], workload.metadata.name);
          }
        }
        for (const { emptyDir, name } of pod.volumes ?? []) {
          if (emptyDir) assert.ok(emptyDir.sizeLimit, `${workload.metadata.name}: ${name}`);
        }
      }
    });

    it("never put two replicas of one revision on a node, and update without a gap", () => {
      for (const workload of ofKind(workloads, "Deployment")) {
        const { name, labels } = workload.metadata;
        const agent = labels?.["app.kubernetes.io/component"] === "agent";
        const maxSurge = agent && !SESSIONFUL.includes(name) ? "25%" : 1;
        assert.deepEqual(workload.spec.strategy.rollingUpdate, { maxUnavailable: 0, maxSurge });
        if (workload.metadata.name === ALONE) continue;
        const [term] =
          podOf(workload).affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
        assert.equal(term.topologyKey, "kubernetes.io/hostname");
        assert.deepEqual(term.matchLabelKeys, ["pod-template-hash"]);
        assert.ok(fits(term.labelSelector.matchLabels, labelsOf(workload)));
      }
    });

    it("leave the number of replicas to the autoscaler where there is one", () => {
      const scaled = ofKind(objects, "HorizontalPodAutoscaler");
      for (const { spec } of scaled) assert.equal(spec.scaleTargetRef.kind, "Deployment");
      const names = scaled.map(({ spec }) => spec.scaleTargetRef.name).toSorted();
      const open = ofKind(objects, "Deployment").filter(({ spec }) => spec.replicas === undefined);
      assert.deepEqual(open.map(({ metadata }) => metadata.name).toSorted(), names);
      assert.equal(names.length > 0, stack !== "dev");
    });

    it("select what they mean: each workload its own pods, each Service one workload's port", () => {
      for (const workload of workloads) {
        const selector = workload.spec.selector?.matchLabels;
        if (!selector) continue;
        // The database's replicas have its labels, and one more.
        const others = workload.metadata.name === "postgres" ? [REPLICA] : [];
        const found = workloads.filter((other) => fits(selector, labelsOf(other)));
        const own = found.filter(({ metadata }) => !others.includes(metadata.name));
        assert.deepEqual(own, [workload]);
      }
      for (const { metadata, spec } of ofKind(objects, "Service")) {
        assert.equal(metadata.annotations?.["pulumi.com/skipAwait"], "true");
        const { "apps.kubernetes.io/pod-index": _first, ...selector } = spec.selector;
        const [target, ...more] = workloads.filter((other) => fits(selector, labelsOf(other)));
        const both = metadata.name === "postgres-ro" && more[0]?.metadata.name === REPLICA;
        assert.ok(target && more.length === (both ? 1 : 0), metadata.name);
        const sidecars = (podOf(target).initContainers ?? []).filter(
          ({ restartPolicy }: { restartPolicy?: string }) => restartPolicy === "Always",
        );
        const ports = [...sidecars, podOf(target).containers[0]].flatMap(
          ({ ports }) => ports ?? [],
        );
        const port = ports.find((each: { name: string }) => each.name === spec.ports[0].targetPort);
        assert.equal(port?.containerPort, spec.ports[0].port, metadata.name);
      }
    });

    it("let every pod be evicted in turn where there are several, or sessions", () => {
      const budgets = ofKind(objects, "PodDisruptionBudget").map(({ metadata }) => metadata.name);
      const scaled = ofKind(objects, "HorizontalPodAutoscaler").filter(
        ({ spec }) => spec.minReplicas > 1,
      );
      const several = [
        ...workloads.filter(({ metadata, spec }) => {
          return spec.replicas > 1 || SESSIONFUL.includes(metadata.name);
        }),
        ...scaled,
      ];
      assert.deepEqual(budgets.toSorted(), several.map(({ metadata }) => metadata.name).toSorted());
    });

    it("open a flow at both of its ends or at neither, and only those that somebody needs", () => {
      const flows = openFlows(objects);
      const pass = [...flows.in].filter((flow) => flows.out.has(flow));
      assert.deepEqual(pass.toSorted(), [...FLOWS, ...(MORE[stack]?.flows ?? [])].toSorted());
      // Prometheus may ask everybody; whom it is to ask lets it in.
      const all = [...new Set([...flows.in, ...flows.out])];
      const half = all.filter((flow) => !pass.includes(flow));
      const known = /^observability-prometheus > /;
      assert.deepEqual(
        half.filter((flow) => !known.test(flow)),
        [],
      );
    });

    it("close each workload in both directions by a policy of its own", () => {
      for (const workload of workloads) {
        const closing = policiesOf(workload).filter(({ spec }) => spec.policyTypes.length === 2);
        assert.equal(closing.length, 1, workload.metadata.name);
      }
    });

    it("show secrets to the pod's own group alone", () => {
      const volumes: Volume[] = workloads.flatMap((workload) => podOf(workload).volumes ?? []);
      const modes = volumes.flatMap(({ secret }) => (secret ? [secret.defaultMode] : []));
      assert.ok(modes.length >= 3);
      assert.deepEqual([...new Set(modes)], [0o440]);
    });

    it("name only accounts, config maps and secrets that are there", () => {
      const there = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
      for (const workload of workloads) {
        const pod = podOf(workload);
        const named = [
          `ServiceAccount/${pod.serviceAccountName}`,
          ...(pod.volumes ?? []).flatMap((volume: Volume) => [
            ...(volume.configMap ? [`ConfigMap/${volume.configMap.name}`] : []),
            ...(volume.secret ? [`Secret/${volume.secret.secretName}`] : []),
          ]),
        ];
        assert.deepEqual(
          named.filter((name) => !there.has(name)),
          [],
          workload.metadata.name,
        );
      }
    });
  });
}
