/** The 30 objects that every tool under test creates: what a small service mesh is made of. */
export interface BenchObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  [field: string]: unknown;
}

const times = (count: number, make: (index: number) => BenchObject) =>
  Array.from({ length: count }, (_, index) => make(index));

/** All of them in one namespace; `image` must be one that runs without arguments and never ends. */
export function benchObjects(namespace: string, image: string): BenchObject[] {
  const meta = (name: string) => ({ name, namespace });
  const pod = (app: string) => ({
    metadata: { labels: { app } },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "main",
          image,
          command: ["sleep", "1000000"],
          resources: {
            requests: { cpu: "10m", memory: "16Mi" },
            limits: { cpu: "100m", memory: "32Mi" },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  });
  return [
    ...times(9, (i) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: meta(`config-${i}`),
      data: { key: `value ${i}` },
    })),
    ...times(5, (i) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: meta(`secret-${i}`),
      stringData: { key: `value ${i}` },
    })),
    ...times(6, (i) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: meta(`account-${i}`),
    })),
    ...times(3, (i) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: meta(`web-${i}`),
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: `web-${i}` } },
        template: pod(`web-${i}`),
      },
    })),
    ...times(3, (i) => ({
      apiVersion: "v1",
      kind: "Service",
      // The real provider waits 10 s for each Service otherwise.
      metadata: { ...meta(`web-${i}`), annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { selector: { app: `web-${i}` }, ports: [{ port: 80, targetPort: 8080 }] },
    })),
    ...times(2, (i) => ({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: meta(`db-${i}`),
      spec: {
        serviceName: `db-${i}`,
        replicas: 1,
        selector: { matchLabels: { app: `db-${i}` } },
        template: pod(`db-${i}`),
      },
    })),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: meta("reader"),
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: meta("reader"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
      subjects: [{ kind: "ServiceAccount", name: "account-0", namespace }],
    },
  ];
}

/** So many objects: mostly ConfigMaps, one in ten a Deployment without replicas. */
export const manyObjects = (total: number, namespace: string): BenchObject[] =>
  times(total, (i) => {
    const metadata = { name: `object-${i}`, namespace };
    if (i % 10 > 0) {
      const data = { key: `value ${i}`, more: "x".repeat(100) };
      return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
    }
    const labels = { app: `object-${i}` };
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              { name: "main", image: "example.invalid/main:1", env: [{ name: "A", value: "b" }] },
            ],
          },
        },
      },
    };
  });
