import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { UserError } from "#local/engine/errors";
import { Cluster } from "#operate/cluster";

/** Which database a command is about. */
export interface Target {
  /** The stack it belongs to; undefined if it was installed by Helm alone. */
  stack?: string;
  /** What its objects are named by. */
  release: string;
  cluster: Cluster;
  /** The flags that name it, for commands that a person is told to type. */
  flags: string;
}

export interface TargetFlags {
  stack?: string;
  namespace?: string;
  release: string;
  context?: string;
}

/** Finds the database: by its stack's file in `folder`, or by namespace and release. */
export function targetOf(given: TargetFlags, folder: string): Target {
  const { stack, release } = given;
  if ((stack === undefined) === (given.namespace === undefined)) {
    throw new UserError("say which database is meant: --stack S, or --namespace N (not both).");
  }
  if (stack === undefined) {
    const { namespace = "", context } = given;
    const flags = [
      `--namespace ${namespace}`,
      ...(release === "postgres" ? [] : [`--release ${release}`]),
      ...(context ? [`--context ${context}`] : []),
    ];
    return { release, cluster: new Cluster(namespace, context), flags: flags.join(" ") };
  }
  const config = stackConfig(stack, folder);
  const namespace = config["mcp-mesh:namespace"];
  if (typeof namespace !== "string") {
    throw new UserError(`Pulumi.${stack}.yaml names no mcp-mesh:namespace; give --namespace N.`);
  }
  const context = given.context ?? (config["mcp-mesh:context"] as string | undefined);
  return { stack, release, cluster: new Cluster(namespace, context), flags: `--stack ${stack}` };
}

function stackConfig(stack: string, folder: string): Record<string, unknown> {
  const path = join(folder, `Pulumi.${stack}.yaml`);
  if (existsSync(path)) return parse(readFileSync(path, "utf8"))?.config ?? {};
  const there = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  throw new UserError(`there is no stack ${stack} here; there are ${there.join(", ")}.`);
}
