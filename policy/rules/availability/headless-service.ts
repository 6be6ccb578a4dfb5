import type { Graph } from "#model/graph";
import { podOf } from "#model/pod";
import { type StackRule, type StackViolation, show } from "#model/rule";
import { matches } from "#model/selector";
import { nameOf, type Subject, specOf } from "#model/subject";

export const headlessService: StackRule = {
  id: "H15",
  name: "headless-service",
  title: "A StatefulSet's headless Service exists and selects its pods.",
  level: "mandatory",
  severity: "medium",
  why: "Without it the pods have no names in DNS, which is what a StatefulSet gives them.",
  fix: "Name a Service with clusterIP None in spec.serviceName, and have it select the pods.",
  checkStack(graph, context) {
    return graph.of("apps/StatefulSet").flatMap((subject) =>
      context.attempt(() => {
        const problem = problemOf(graph, subject);
        return problem ? [{ subject, path: "spec.serviceName", message: problem }] : [];
      }),
    ) satisfies StackViolation[];
  },
};

function problemOf(graph: Graph, subject: Subject): string | undefined {
  const { serviceName } = specOf<{ serviceName: string }>(subject);
  const found = `is ${show(serviceName)}`;
  if (!serviceName) return `${found}; name a headless Service that selects the pods`;
  const service = graph.find("Service", nameOf(subject).namespace, serviceName);
  if (!service) return `${found}, and the stack has no such Service; add one with clusterIP None`;
  const spec = specOf<{ clusterIP: string; selector: Record<string, string> }>(service);
  if (spec.clusterIP !== "None") {
    return `${found}, whose clusterIP is ${show(spec.clusterIP)}; make it "None"`;
  }
  const labels = podOf(subject)?.metadata.labels ?? {};
  const selects = Object.keys(spec.selector ?? {}).length > 0;
  if (selects && matches({ matchLabels: spec.selector ?? {} }, labels)) return undefined;
  return `${found}, which does not select the StatefulSet's pods; give it the template's labels`;
}
