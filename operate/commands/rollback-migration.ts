import { UserError } from "#local/engine/errors";
import { type OperateCommand, textOf } from "#operate/command";

/** What the registry's command "schema" logs. */
interface Schema {
  applied: { version: number; reversible: boolean; loses?: string; restorePoint?: string }[];
  needed: number;
}

export const rollbackMigration: OperateCommand = {
  name: "rollback-migration",
  what: "take the registry's schema back, after the release before is deployed again",
  flags: [
    { flags: "--to <version>", what: "the version of the schema to go back to", required: true },
    { flags: "--registry <name>", what: "the registry's Deployment; registry, if left out" },
  ],
  plan({ cluster }, given) {
    const to = Number(textOf(given, "to"));
    if (!Number.isInteger(to) || to < 0) {
      throw new UserError(`--to: found ${textOf(given, "to")}; write a version, such as 1.`);
    }
    const deployment = textOf(given, "registry") ?? "registry";
    const registry = (...args: string[]) =>
      cluster.exec(`deployment/${deployment}`, "registry", [
        ...["/nodejs/bin/node", "/app/registry.mjs"],
        ...args,
      ]);
    const schema = async (): Promise<Schema> =>
      JSON.parse((await registry("schema")).split("\n").at(-1) ?? "");
    const undone = async () => (await schema()).applied.filter(({ version }) => version > to);
    return {
      name: "rollback-migration",
      what: `takes the schema of ${deployment} back to version ${to}, by the ways down that its migrations left in the database`,
      safe: "it is refused while a replica is connected that needs a newer version, and where a way down is missing. Before anything else it names a restore point, which operate restore can go back to while backups are kept; each version goes in one transaction, or not at all. What older versions have room for stays.",
      rto: "seconds, in which the registry goes on answering.",
      rpo: `what only the newer versions have room for: kubectl --namespace ${cluster.namespace} exec deployment/${deployment} -c registry -- /nodejs/bin/node /app/registry.mjs schema says it of each ("loses").`,
      async refusals() {
        if (!(await cluster.get("deployment", deployment))) {
          return [`there is no Deployment ${deployment}: name the registry's by --registry.`];
        }
        const { applied, needed } = await schema();
        const reasons: string[] = [];
        const newer = applied.filter(({ version }) => version > to);
        for (const { version, restorePoint } of newer.filter(({ reversible }) => !reversible)) {
          const point = restorePoint ? `restore.point ${restorePoint}` : "a time before it";
          reasons.push(`version ${version} has no way down: restore to ${point} instead.`);
        }
        if (newer.length > 0 && needed > to) {
          reasons.push(
            `a replica is connected that needs version ${needed}: deploy a release that needs ${to} at most ("up" of the commit before, or helm rollback), and run this again.`,
          );
        }
        return reasons;
      },
      steps: [
        {
          title: `Take the schema back to version ${to}`,
          done: async () => (await undone()).length === 0,
          async run() {
            await registry("rollback", `${to}`);
          },
        },
        {
          title: "See that the registry is ready with it",
          done: async () => ready(await cluster.get("deployment", deployment)),
          run: () =>
            cluster.until(`${deployment} is ready`, 300, async () =>
              ready(await cluster.get("deployment", deployment)),
            ),
        },
      ],
    };
  },
};

function ready(
  deployment: { spec?: { replicas: number }; status?: { readyReplicas?: number } } = {},
) {
  return deployment.status?.readyReplicas === deployment.spec?.replicas;
}
