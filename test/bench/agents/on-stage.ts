import { kubectlPath } from "#local/engine/helm";
import { prepareCallers } from "#test/agents/caller";
import { Stage } from "#test/agents/stage";
import { onCluster } from "#test/bench/deploy";

/** Does the work on the cluster that KUBECONFIG names, or else on one for the occasion. */
export const onTestCluster = (work: () => Promise<void>): Promise<void> =>
  onCluster(async () => {
    process.env.TEST_KUBECONFIG = process.env.KUBECONFIG ?? "";
    process.env.TEST_KUBECTL = await kubectlPath();
    await work();
  });

/** Runs a part with a registry, the worker and the callers' program in a namespace of its own. */
export const onStage = (
  open: { replicas: number; workMs: number; changes?: object },
  work: (stage: Stage) => Promise<void>,
): Promise<void> =>
  onTestCluster(async () => {
    const stage = new Stage("bench");
    try {
      await stage.open();
      await stage.worker(open.replicas, open.workMs, open.changes);
      await prepareCallers(stage);
      await work(stage);
    } finally {
      await stage.close();
    }
  });
