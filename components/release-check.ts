import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { hash } from "#components/internal/hash";
import { houseMetadata } from "#components/internal/house";
import type { Global, Peer, Resources } from "#components/internal/types";

export interface Target {
  /** The agent's. */
  name: string;
  /** Where MCP clients find it. */
  url: string;
  /** The tool to call. */
  tool: string;
  /** What to call it with. */
  arguments: Record<string, any>; // whatever the tool takes
  /** A text that its answer must contain. */
  expect: string;
}

export interface ReleaseCheckArgs {
  /** The namespace, which must be there. */
  namespace: string;
  /** The same for all parts of a stack. */
  global?: Global;
  /** The image's complete reference. */
  image: string;
  /** How long all targets together may take to answer as they should. */
  timeoutSeconds: number;
  /** What to call. */
  targets: Target[];
  /** The workloads that the targets' addresses lead to. */
  egress: Peer[];
  /** What its pod gets. */
  resources: Resources;
  /** Another value whenever there is something new to prove: the check then runs again. */
  proves: string;
}

/** Calls every agent as its users do, once after each change; the deployment fails if one doesn't answer. */
export class ReleaseCheck extends pulumi.ComponentResource {
  constructor(name: string, args: ReleaseCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:ReleaseCheck", name, args, opts);
    const { namespace, global } = args;
    const labels = {
      "app.kubernetes.io/name": name,
      "app.kubernetes.io/part-of": "mcp-mesh",
      "app.kubernetes.io/component": "release-check",
    };
    const parent = { parent: this };
    const metadata = { name, namespace, ...houseMetadata(global, { labels }) };

    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata, automountServiceAccountToken: false },
      parent,
    );
    const policy = new k8s.networking.v1.NetworkPolicy(
      `${name}-network`,
      { metadata, spec: networkPolicy(name, args) },
      parent,
    );
    const targets = JSON.stringify({ timeoutSeconds: args.timeoutSeconds, targets: args.targets });
    const list = new k8s.core.v1.ConfigMap(
      `${name}-targets`,
      {
        metadata: { ...metadata, name: `${name}-${hash(targets)}` },
        immutable: true,
        data: { "targets.json": targets },
      },
      parent,
    );
    new k8s.batch.v1.Job(
      `${name}-job`,
      {
        metadata: {
          ...metadata,
          // A Job never runs twice: another name is what makes it run again.
          name: `${name}-${hash(args)}`,
          annotations: { ...metadata.annotations, "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          backoffLimit: 0,
          // Two minutes on top, for pulling the image.
          activeDeadlineSeconds: args.timeoutSeconds + 120,
          template: {
            metadata: { labels: metadata.labels },
            spec: podSpec(name, `${name}-${hash(targets)}`, args),
          },
        },
      },
      { ...parent, dependsOn: [account, policy, list] },
    );
    this.registerOutputs();
  }
}

function podSpec(name: string, targets: string, args: ReleaseCheckArgs) {
  const pullSecrets = (args.global?.imagePullSecrets ?? []).map((secret) => ({ name: secret }));
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    ...(pullSecrets.length > 0 ? { imagePullSecrets: pullSecrets } : {}),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "release-check",
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        // The last line of the log says which target failed and why; it becomes the Job's reason.
        terminationMessagePolicy: "FallbackToLogsOnError",
        env: [{ name: "TARGETS_FILE", value: "/etc/mcp-mesh/targets.json" }],
        resources: {
          requests: { ...args.resources.requests },
          limits: { ...args.resources.limits },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "targets", mountPath: "/etc/mcp-mesh", readOnly: true }],
      },
    ],
    volumes: [{ name: "targets", configMap: { name: targets } }],
  } satisfies k8s.types.input.core.v1.PodSpec;
}

function networkPolicy(name: string, { egress, global }: ReleaseCheckArgs) {
  const answers = global?.dns ?? { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
  const dns = {
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
    to: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": answers.namespace } },
        podSelector: { matchLabels: answers.labels },
      },
    ],
  };
  const targets = egress.map(({ to, port }) => ({
    ports: [{ protocol: "TCP", port }],
    to: [
      {
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": to, "app.kubernetes.io/part-of": "mcp-mesh" },
        },
      },
    ],
  }));
  return {
    podSelector: {
      matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "mcp-mesh" },
    },
    policyTypes: ["Ingress", "Egress"],
    egress: [dns, ...targets],
  } satisfies k8s.types.input.networking.v1.NetworkPolicySpec;
}
