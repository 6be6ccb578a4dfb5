import { ensureBinaries } from "#local/cluster/binaries";
import { down, up } from "#local/cluster/cluster";
import { checkMachine, ensurePackages } from "#local/cluster/prerequisites";
import { clusterSpec } from "#local/cluster/spec";
import { buildAndPush, buildAndPushExtra, buildImages } from "#local/images/build";

/** A machine on which everything that the tests need has been built. */
export interface Machine {
  startCluster(): Promise<TestCluster>;
}

/** The cluster that the engine's and the end-to-end tests share. */
export interface TestCluster {
  /** Told to the suites: TEST_KUBECONFIG and TEST_KUBECTL. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** The set-up of `npm run up`, for tests; rejects with an `ImpossibleHere` where it can't be done. */
export async function prepareMachine(progress: (line: string) => void): Promise<Machine> {
  try {
    await checkMachine();
  } catch (error) {
    if (error instanceof Error) error.name = "ImpossibleHere";
    throw error;
  }
  // The registry's tests have a server of their own, and the dashboard's a browser.
  await ensurePackages(progress, ["postgresql-15", "chromium"]);
  const [binaries] = await Promise.all([ensureBinaries(progress), buildImages(progress)]);
  const spec = clusterSpec("test");
  return {
    async startCluster() {
      await up(spec, progress);
      await buildAndPush({ registry: spec.registry, progress });
      // Without it, one suite is skipped, and says so.
      await buildAndPushExtra("prometheus-adapter", { registry: spec.registry, progress }).catch(
        (error: Error) => progress(`prometheus-adapter can't be had here: ${error.message}`),
      );
      return {
        env: { TEST_KUBECONFIG: spec.kubeconfig, TEST_KUBECTL: `${binaries}/kubectl` },
        stop: () => down(spec, progress),
      };
    },
  };
}
