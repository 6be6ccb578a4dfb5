import { type Outcome, run } from "#test/support/project";

/** What the runner (or a person, by hand) says of the cluster under test. */
export interface TestTarget {
  kubeconfig: string;
  kubectl: string;
}

/** The cluster under test, or undefined: then say why and skip. */
export function testTarget(): TestTarget | undefined {
  const { TEST_KUBECONFIG: kubeconfig, TEST_KUBECTL: kubectl } = process.env;
  return kubeconfig && kubectl ? { kubeconfig, kubectl } : undefined;
}

/** kubectl on the cluster under test; never throws for a non-zero exit. */
export function kubectl(args: string[], input?: string): Promise<Outcome> {
  const target = testTarget();
  if (!target) throw new Error("TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
  return run(target.kubectl, ["--kubeconfig", target.kubeconfig, ...args], { input });
}

export interface KubeObject {
  kind: string;
  metadata: { name: string; namespace?: string; uid: string; labels?: Record<string, string> };
  spec: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** The objects that `kubectl get` finds; throws what kubectl says otherwise. */
export async function getObjects<T = KubeObject>(...args: string[]): Promise<T[]> {
  const outcome = await kubectl(["get", ...args, "-o", "json"]);
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  const answer = JSON.parse(outcome.stdout);
  return answer.kind.endsWith("List") ? answer.items : [answer];
}

/**
 * Removes a namespace with all that is in it, and waits for that; not for what its pods would wait
 * for, such as the end of sessions that a failed test has left open.
 */
export async function removeNamespace(namespace: string): Promise<void> {
  const now = ["--all", "--grace-period=1", "--wait=false"];
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  await kubectl(["--namespace", namespace, "delete", "pods", ...now]);
  await kubectl(["wait", "--for=delete", `namespace/${namespace}`, "--timeout=220s"]);
}
