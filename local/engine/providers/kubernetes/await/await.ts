import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "#local/engine/provider";
import {
  definition,
  ingress,
  service,
  volume,
  volumeClaim,
} from "#local/engine/providers/kubernetes/await/others";
import type { Rule, Verdict } from "#local/engine/providers/kubernetes/await/rule";
import { job, pod } from "#local/engine/providers/kubernetes/await/tasks";
import { askedFor } from "#local/engine/providers/kubernetes/await/wait-for";
import {
  daemonSet,
  deployment,
  statefulSet,
} from "#local/engine/providers/kubernetes/await/workloads";
import type { Client } from "#local/engine/providers/kubernetes/client";
import { groupOf, isBuiltIn } from "#local/engine/providers/kubernetes/discovery";
import { flagged, list, text } from "#local/engine/providers/kubernetes/json";
import { follow, timeoutOf } from "#local/engine/providers/kubernetes/watch";
import { isProps, type Props } from "#local/engine/value";

const RULES: Record<string, Rule> = {
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "batch/Job": job,
  "/Pod": pod,
  "/Service": service,
  "/PersistentVolumeClaim": volumeClaim,
  "/PersistentVolume": volume,
  "networking.k8s.io/Ingress": ingress,
  "apiextensions.k8s.io/CustomResourceDefinition": definition,
};

/** When an object counts as ready; undefined if it does as soon as it exists. */
function ruleOf(object: Props): Rule | undefined {
  if (flagged(object, "pulumi.com/skipAwait")) return undefined;
  const kind = text(object, "kind");
  const apiVersion = text(object, "apiVersion");
  const known = isBuiltIn(apiVersion, kind) ? RULES[`${groupOf(apiVersion)}/${kind}`] : undefined;
  return askedFor(object) ?? known;
}

/** Where waiting ended. */
export interface Outcome {
  live: Props;
  /** What went wrong, as one clause; "" if the object is ready. */
  problem: string;
  /** One cause a line. */
  reasons: string[];
}

/** Watches `object`, as it was just applied, until it is ready, has failed, or the time is up. */
export async function awaitReady(
  client: Client,
  path: string,
  object: Props,
  request: Operation,
): Promise<Outcome> {
  const rule = ruleOf(object);
  if (!rule) return { live: object, problem: "", reasons: [] };
  const name = text(object, "metadata", "name");
  const seconds = timeoutOf(object, request, 600);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, request.signal]);
  let dirty = Promise.withResolvers<void>();
  const changed = () => dirty.resolve();
  const collection = path.slice(0, path.lastIndexOf("/"));
  const self = { path: collection, query: { fieldSelector: `metadata.name=${name}` } };
  let read: (() => Props[]) | undefined;
  let related: (() => Props[])[] = [];
  let over = "";
  const clock = sleep(seconds * 1000, undefined, { signal: stop.signal }).then(
    () => `'${name}' timed out waiting to be Ready`,
    () => "",
  );
  const interrupted = new Promise<string>((resolve) => {
    const say = () => resolve(`waiting for '${name}' was interrupted`);
    if (request.signal.aborted) say();
    request.signal.addEventListener("abort", say, { once: true, signal: stop.signal });
  });
  const end = Promise.race([clock, interrupted]).then((why) => {
    over = why;
    changed();
  });

  let live = object;
  let shown = "";
  let listed = false;
  try {
    for (;;) {
      const verdict = await rule.judge(
        live,
        related.map((items) => items()),
        client,
      );
      if (verdict.ready) return { live, problem: "", reasons: [] };
      if (verdict.failed) {
        // What is watched may not have arrived yet, and its last words matter: ask for them.
        const { line, reasons } = await judgeNow(rule, client, live).catch(() => verdict);
        return { live, problem: `'${name}' failed: ${line}`, reasons };
      }
      if (over) return { live, problem: over, reasons: verdict.reasons };
      if (verdict.line !== shown) {
        shown = verdict.line;
        request.status(shown);
      }
      read ??= follow(client, self, signal, () => {
        listed = true;
        changed();
      });
      if (related.length === 0) {
        related = (rule.related?.(object) ?? []).map((it) => follow(client, it, signal, changed));
      }
      await dirty.promise;
      // Changes come in flurries: judge once for each.
      if (!over) await sleep(30);
      dirty = Promise.withResolvers<void>();
      const found = read().find((item) => text(item, "metadata", "name") === name);
      if (!found && listed) {
        return { live, problem: `'${name}' was deleted while it was awaited`, reasons: [] };
      }
      if (found) {
        live = { ...found, apiVersion: object.apiVersion ?? "", kind: object.kind ?? "" };
      }
    }
  } finally {
    stop.abort();
    await end;
  }
}

/** Why a live object isn't ready at this moment, one cause a line; empty if it is. */
export async function unreadiness(client: Client, object: Props): Promise<string[]> {
  const rule = ruleOf(object);
  if (!rule) return [];
  const verdict = await judgeNow(rule, client, object);
  return verdict.ready ? [] : [...verdict.reasons, verdict.line].slice(0, 10);
}

async function judgeNow(rule: Rule, client: Client, object: Props): Promise<Verdict> {
  const pages = await Promise.all(
    (rule.related?.(object) ?? []).map(({ path, query }) => client.request("GET", path, { query })),
  );
  const related = pages.map((page) => list(page, "items").filter(isProps));
  return rule.judge(object, related, client);
}
