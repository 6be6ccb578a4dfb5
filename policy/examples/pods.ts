import { type Example, onContainer, onObject, onPod, type PodExample, set } from "#examples/mesh";

const security = "securityContext";

export const podExamples: (Example | PodExample)[] = [
  onContainer("a privileged container", ["P1"], `${security}.privileged`, (c) =>
    set(c.securityContext, { privileged: true }),
  ),
  onPod("the node's processes", ["P2"], "spec.hostPID", ({ spec }) => set(spec, { hostPID: true })),
  onPod("the node's IPC", ["P2"], "spec.hostIPC", ({ spec }) => set(spec, { hostIPC: true })),
  onPod("the node's network", ["P3"], "spec.hostNetwork", ({ spec }) =>
    set(spec, { hostNetwork: true }),
  ),
  onContainer("a port of the node", ["P4"], "ports[0].hostPort", (c) =>
    set(c, { ports: [{ containerPort: 8080, hostPort: 8080 }] }),
  ),
  onPod("a folder of the node", ["P5", "P20"], "spec.volumes[0].hostPath", ({ spec }) =>
    set(spec, { volumes: [{ name: "v", hostPath: { path: "/srv" } }] }),
  ),
  onPod("the container runtime", ["P6", "P5", "P20"], "spec.volumes[0].hostPath.path", ({ spec }) =>
    set(spec, { volumes: [{ name: "v", hostPath: { path: "/var/run/docker.sock" } }] }),
  ),
  onContainer("a process of the node", ["P7"], `${security}.windowsOptions.hostProcess`, (c) =>
    set(c.securityContext, { windowsOptions: { hostProcess: true } }),
  ),
  onContainer("an unmasked /proc", ["P8"], `${security}.procMount`, (c) =>
    set(c.securityContext, { procMount: "Unmasked" }),
  ),
  onPod("a sysctl of the node", ["P9"], `spec.${security}.sysctls[0].name`, ({ spec }) =>
    set(spec.securityContext, { sysctls: [{ name: "kernel.msgmax", value: "65536" }] }),
  ),
  onContainer("an SELinux type", ["P10"], `${security}.seLinuxOptions.type`, (c) =>
    set(c.securityContext, { seLinuxOptions: { type: "spc_t" } }),
  ),
  onContainer("an SELinux role", ["P10"], `${security}.seLinuxOptions.role`, (c) =>
    set(c.securityContext, { seLinuxOptions: { role: "sysadm_r" } }),
  ),
  onContainer("no AppArmor", ["P11"], `${security}.appArmorProfile.type`, (c) =>
    set(c.securityContext, { appArmorProfile: { type: "Unconfined" } }),
  ),
  onPod(
    "no AppArmor, by annotation",
    ["P11"],
    'metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]',
    ({ metadata }) =>
      set(metadata, {
        annotations: { "container.apparmor.security.beta.kubernetes.io/web": "unconfined" },
      }),
  ),
  onContainer("no seccomp", ["P12"], `${security}.seccompProfile.type`, (c) =>
    set(c.securityContext, { seccompProfile: { type: "Unconfined" } }),
  ),
  onPod(
    "no seccomp profile anywhere",
    ["P12"],
    `spec.initContainers[0].${security}.seccompProfile.type`,
    ({ spec }) => set(spec.securityContext, { seccompProfile: undefined }),
  ),
  onContainer("privilege escalation", ["P13"], `${security}.allowPrivilegeEscalation`, (c) =>
    set(c.securityContext, { allowPrivilegeEscalation: undefined }),
  ),
  onContainer("root allowed in one container", ["P14"], `${security}.runAsNonRoot`, (c) =>
    set(c.securityContext, { runAsNonRoot: false }),
  ),
  onPod("root allowed in the pod", ["P14"], `spec.${security}.runAsNonRoot`, ({ spec }) =>
    set(spec.securityContext, { runAsNonRoot: false }),
  ),
  onContainer("the user 0", ["P15"], `${security}.runAsUser`, (c) =>
    set(c.securityContext, { runAsUser: 0 }),
  ),
  onContainer("the group 0", ["P17"], `${security}.runAsGroup`, (c) =>
    set(c.securityContext, { runAsGroup: 0 }),
  ),
  onPod("volumes of the group 0", ["P17"], `spec.${security}.fsGroup`, ({ spec }) =>
    set(spec.securityContext, { fsGroup: 0 }),
  ),
  onPod("the group 0 besides", ["P17"], `spec.${security}.supplementalGroups[0]`, ({ spec }) =>
    set(spec.securityContext, { supplementalGroups: [0] }),
  ),
  onContainer("a strong capability", ["P18", "P19"], `${security}.capabilities.add[0]`, (c) =>
    set(c.securityContext?.capabilities, { add: ["SYS_ADMIN"] }),
  ),
  onContainer("a default capability", ["P19"], `${security}.capabilities.add[0]`, (c) =>
    set(c.securityContext?.capabilities, { add: ["CHOWN"] }),
  ),
  onContainer("capabilities kept", ["P19"], `${security}.capabilities.drop`, (c) =>
    set(c.securityContext?.capabilities, { drop: ["NET_RAW"] }),
  ),
  onPod("a network volume", ["P20"], "spec.volumes[0].nfs", ({ spec }) =>
    set(spec, { volumes: [{ name: "v", nfs: { server: "nas", path: "/" } }] }),
  ),
  onContainer("a writable root", ["P21"], `${security}.readOnlyRootFilesystem`, (c) =>
    set(c.securityContext, { readOnlyRootFilesystem: false }),
  ),
  onContainer("a probe elsewhere", ["P23"], "readinessProbe.tcpSocket.host", (c) =>
    set(c, {
      ports: [{ name: "http", containerPort: 8080 }],
      readinessProbe: { tcpSocket: { host: "10.0.0.1", port: "http" } },
    }),
  ),
  onContainer("a hook elsewhere", ["P23"], "lifecycle.preStop.httpGet.host", (c) =>
    set(c, { lifecycle: { preStop: { httpGet: { host: "10.0.0.1", port: "http" } } } }),
  ),
  onPod("a token", ["P27"], "spec.automountServiceAccountToken", ({ spec }) =>
    set(spec, { automountServiceAccountToken: undefined }),
  ),
  onPod("the namespace's own ServiceAccount", ["P28"], "spec.serviceAccountName", ({ spec }) =>
    set(spec, { serviceAccountName: "default" }),
  ),
  onPod("a ServiceAccount by the old field", ["P28"], "spec.serviceAccountName", ({ spec }) =>
    set(spec, { serviceAccountName: undefined, serviceAccount: "web" }),
  ),
  onObject(
    "a ServiceAccount that nobody made",
    ["P29"],
    "Deployment/web",
    "spec.template.spec.serviceAccountName",
    ({ spec }) => set(spec.template.spec, { serviceAccountName: "wbe" }),
  ),
];
