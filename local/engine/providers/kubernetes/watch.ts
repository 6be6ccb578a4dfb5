import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "#local/engine/provider";
import type { Client } from "#local/engine/providers/kubernetes/client";
import { annotation, list, text } from "#local/engine/providers/kubernetes/json";
import { isProps, type Props } from "#local/engine/value";

/** A collection to keep an eye on. */
export interface Collection {
  path: string;
  query: Record<string, string>;
}

/**
 * Lists a collection and follows its changes until `signal` aborts, reconnecting as needed.
 * `changed` is called after the first list and after every change; the result reads what is there.
 */
export function follow(
  client: Client,
  { path, query }: Collection,
  signal: AbortSignal,
  changed: () => void,
): () => Props[] {
  const items = new Map<string, Props>();
  const keep = (object: Props) => items.set(text(object, "metadata", "uid"), object);
  const run = async () => {
    const page = await client.request("GET", path, { query, signal });
    items.clear();
    for (const item of list(page, "items").filter(isProps)) keep(item);
    changed();
    const resourceVersion = text(page, "metadata", "resourceVersion");
    for await (const event of client.watch(path, { ...query, resourceVersion }, signal)) {
      if (event.type === "BOOKMARK") continue;
      if (event.type === "DELETED") items.delete(text(event.object, "metadata", "uid"));
      else keep(event.object);
      changed();
    }
  };
  const forever = async () => {
    while (!signal.aborted) {
      // A lost connection or an expired watch starts over; the deadline belongs to the caller.
      await run().catch(() => sleep(500, undefined, { signal }));
    }
  };
  forever().catch(() => {});
  return () => [...items.values()];
}

/** How long to wait, in seconds: the resource option, else the annotation, else `otherwise`. */
export function timeoutOf(inputs: Props, request: Operation, otherwise: number): number {
  const told = Number(annotation(inputs, "pulumi.com/timeoutSeconds"));
  return request.timeoutSeconds || told || otherwise;
}
