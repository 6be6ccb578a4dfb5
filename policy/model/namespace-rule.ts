import type { StackRule } from "#model/rule";
import type { Subject } from "#model/subject";

/** A rule that each namespace in which pods run has an object of some kind. */
export function namespaceRule({
  kind,
  counts,
  message,
  ...facts
}: Omit<StackRule, "checkStack"> & {
  kind: string;
  /** Whether such an object does what the rule wants of it. */
  counts(subject: Subject): boolean;
  message: string;
}): StackRule {
  return {
    ...facts,
    checkStack: (graph, context) =>
      context.attempt(() => {
        const held = new Set(graph.of(kind).filter(counts).map(knownNamespace));
        const pods = Map.groupBy(graph.pods, ({ subject }) => knownNamespace(subject));
        return [...pods].flatMap(([namespace, [first]]) => {
          if (held.has(namespace) || !first) return [];
          const own = graph.find("Namespace", "", namespace);
          const path = own ? "metadata.name" : "metadata.namespace";
          const text = `is ${JSON.stringify(namespace)}, ${message}`;
          return [{ subject: own ?? first.subject, path, message: text }];
        });
      }),
  };
}

/** The namespace of an object; unlike a name for messages, one that is unknown stops the rule. */
export function knownNamespace({ body }: Subject): string {
  return body.metadata?.namespace || "default";
}
