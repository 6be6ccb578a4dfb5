import assert from "node:assert/strict";
import type { Rendered } from "#test/support/charts";
import { eventually } from "#test/support/eventually";
import { openFlows, podKinds, type Rule } from "#test/support/flows";
import { getObjects, type KubeObject, kubectl } from "#test/support/kubectl";

interface Pod extends KubeObject {
  spec: { containers: { image: string }[] };
  status: { phase: string; podIP: string };
}
interface Dial {
  name: string;
  host: string;
  port: number;
  open: boolean;
}

/**
 * Runs in a pod: dials what should answer until it does, and what should not until it does not, for a
 * while each, because policies reach a new pod's node a moment after the pod. Prints what remains.
 */
const PROGRAM = `
  const net = require("node:net");
  const { promises: dns } = require("node:dns");
  const dial = ({ host, port }) => new Promise((done) => {
    const socket = net.connect({ host, port, timeout: 3000 });
    const end = (open) => { socket.destroy(); done(open); };
    socket.on("connect", () => end(true)).on("timeout", () => end(false)).on("error", () => end(false));
  });
  const within = (ms, work) => Promise.race([work.then(() => true, () => false), new Promise((r) => setTimeout(r, ms, false))]);
  // A resolver keeps its socket, and what has passed once goes on passing: a new one each time.
  const ask = (one) => one.port === 53 ? within(3000, new dns.Resolver().resolve4(one.host)) : dial(one);
  (async () => {
    const all = JSON.parse(process.env.DIALS);
    let missing = all.filter(({ open }) => open);
    for (const end = Date.now() + 30000; missing.length > 0 && Date.now() < end; ) {
      const answers = await Promise.all(missing.map(ask));
      missing = missing.filter((_, index) => !answers[index]);
    }
    let leaks = all.filter(({ open }) => !open);
    for (const end = Date.now() + 15000; leaks.length > 0; ) {
      const answers = await Promise.all(leaks.map(ask));
      leaks = leaks.filter((_, index) => answers[index]);
      if (Date.now() > end) break;
    }
    console.log(JSON.stringify({ missing: missing.map((d) => d.name), leaks: leaks.map((d) => d.name) }));
  })();
`;

/** What does not pass though it should, and what passes though it should not. */
export interface Verdict {
  missing: string[];
  leaks: string[];
  /** How many connections were tried. */
  tried: number;
}

/**
 * Sends every flow between the pods of a deployed stack, allowed or not, from pods that bear the
 * labels of each workload, and of nobody, and from another namespace.
 */
export async function probeFlows(
  objects: readonly Rendered[],
  namespace: string,
  stranger: string,
): Promise<Verdict> {
  const kinds = podKinds(objects);
  const { out, in: inward } = openFlows(objects);
  const running = await getObjects<Pod>("pods", "-n", namespace);
  const podOf = (name: string) =>
    running.find(
      ({ metadata, status }) =>
        metadata.labels?.["app.kubernetes.io/name"] === name && status.phase === "Running",
    );
  const targets = kinds.flatMap(({ name, ports }) => {
    const pod = podOf(name);
    return pod ? ports.map((port) => ({ to: name, host: pod.status.podIP, port })) : [];
  });
  const image = podOf("registry")?.spec.containers[0]?.image;
  assert.ok(image && targets.length >= kinds.length - 1);
  const nobody = { "app.kubernetes.io/part-of": "mcp-mesh" };
  const callers = [
    ...kinds.map(({ name, labels }) => ({ name, labels, namespace })),
    { name: "nobody", labels: nobody, namespace },
    {
      name: "stranger",
      labels: kinds.find(({ name }) => name === "registry")?.labels ?? {},
      namespace: stranger,
    },
  ];
  // Who calls the API server alone finds its address in the environment.
  const callsPods = (rules: Rule[] = []) =>
    rules.some(({ to = [] }) => to.some(({ podSelector }) => podSelector));
  const asksNames = new Set(
    objects
      .filter(({ kind, spec }) => kind === "NetworkPolicy" && callsPods(spec.egress))
      .map(({ spec }) => spec.podSelector.matchLabels?.["app.kubernetes.io/name"]),
  );
  const verdicts = await Promise.all(
    callers.map(async (caller) => {
      const inside = caller.namespace === namespace;
      const dials: Dial[] = targets
        .filter(({ to }) => to !== caller.name)
        .map(({ to, host, port }) => {
          const name = `${caller.name} > ${to}:${port}`;
          return { name, host, port, open: inside && out.has(name) && inward.has(name) };
        });
      dials.push({
        name: `${caller.name} > dns`,
        host: `registry.${namespace}.svc.cluster.local`,
        port: 53,
        open: !inside || asksNames.has(caller.name),
      });
      return { ...(await runProbe(caller, image, dials)), tried: dials.length };
    }),
  );
  return {
    missing: verdicts.flatMap(({ missing }) => missing),
    leaks: verdicts.flatMap(({ leaks }) => leaks),
    tried: verdicts.reduce((sum, { tried }) => sum + tried, 0),
  };
}

async function runProbe(
  caller: { name: string; labels: Record<string, string>; namespace: string },
  image: string,
  dials: Dial[],
): Promise<{ missing: string[]; leaks: string[] }> {
  const name = `probe-${caller.name}`;
  const inNamespace = ["-n", caller.namespace];
  const never = { exec: { command: ["/nodejs/bin/node", "-e", "process.exit(1)"] } };
  const amounts = { cpu: "10m", memory: "64Mi", "ephemeral-storage": "8Mi" };
  const manifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: caller.labels },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "probe",
          image,
          command: ["/nodejs/bin/node", "-e", PROGRAM],
          env: [{ name: "DIALS", value: JSON.stringify(dials) }],
          // Never ready: it has the labels that Services select by, and answers nobody.
          readinessProbe: { ...never, periodSeconds: 60 },
          resources: { requests: amounts, limits: { ...amounts, cpu: "500m", memory: "128Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
  const made = await kubectl(["create", ...inNamespace, "-f", "-"], JSON.stringify(manifest));
  assert.equal(made.code, 0, made.text);
  try {
    await eventually(`the end of ${name}`, 120, async () => {
      const [pod] = await getObjects<Pod>("pod", name, ...inNamespace);
      return pod?.status.phase === "Succeeded";
    });
    const log = await kubectl(["logs", name, ...inNamespace]);
    return JSON.parse(log.stdout);
  } finally {
    await kubectl(["delete", "pod", name, ...inNamespace, "--wait=false", "--grace-period=1"]);
  }
}
