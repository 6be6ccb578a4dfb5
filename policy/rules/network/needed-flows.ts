import { clusterDns, withoutDns } from "#model/dns";
import { namespaceOf } from "#model/graph";
import { list } from "#model/kubernetes";
import { needsOf } from "#model/needs";
import { Network } from "#model/network";
import type { Flow } from "#model/network-policy";
import type { Pod } from "#model/pod";
import type { StackRule, StackViolation } from "#model/rule";
import { scrapesOf } from "#model/scraping";
import { matches } from "#model/selector";
import { nameOf } from "#model/subject";
import { flowText, namer, surplusPeers, unusedPorts } from "#model/surplus";

interface NamedFlow {
  from: string;
  to: string;
  port?: number;
}

const component = { "app.kubernetes.io/component": "prometheus" };
const labels = { type: "object", additionalProperties: { type: "string" } };

export const neededFlows: StackRule = {
  id: "N5",
  name: "needed-flows",
  title: "NetworkPolicies let through what the pods need, and nothing else between them.",
  level: "mandatory",
  severity: "medium",
  why: "A flow that is closed is an outage; one that is open for nothing is a way from pod to pod.",
  fix: "Open each flow on both of its ends, for its port, and close the others.",
  settings: {
    flows: {
      type: "array",
      default: [],
      description: "Flows that are needed though no object says so; * stands for any workload.",
      items: {
        type: "object",
        required: ["from", "to"],
        properties: {
          from: { type: "string" },
          to: { type: "string" },
          port: { type: "integer" },
        },
        additionalProperties: false,
      },
    },
    prometheus: {
      ...labels,
      default: component,
      description: "Labels of the pods that scrape the others.",
    },
    dns: {
      type: "object",
      properties: { namespace: { type: "string" }, labels },
      additionalProperties: false,
      default: clusterDns,
      description: "Where the pods are that answer for the names of Services.",
    },
  },
  checkStack(graph, { settings, attempt }) {
    const network = new Network(graph);
    // Without a policy everything is open, and other rules say so.
    if (network.policies.length === 0) return [];
    const name = namer(network);
    const needed = new Set<string>();
    const unsure = new Set<string>();
    const keyOf = ({ from, to, port, protocol }: Flow) =>
      [name(from), name(to), port, protocol].join(" ");

    /** Notes what is needed, and tells where none of the flows that would do gets through. */
    const missing = (flows: Flow[], subject: Pod["subject"], path: string, words: string) => {
      for (const flow of flows) needed.add(keyOf(flow));
      const [flow] = flows;
      if (!flow || flows.some((each) => network.allows(each))) return [];
      const closed = (["egress", "ingress"] as const).filter((each) => !network.lets(each, flow));
      const message = `${words}, but no NetworkPolicy lets ${flowText(flow)} (${closed.join(" and ")}); open that`;
      return [{ subject, path, message }];
    };

    const closed = network.pods.flatMap((pod) => {
      unsure.add(name(pod));
      let read = false;
      const found = attempt((): StackViolation[] => {
        const needs = needsOf(pod, graph);
        read = !needs.unsure;
        return [
          ...needs.needs.flatMap(({ flows, path, words }) =>
            missing(flows, pod.subject, path, `names ${words}`),
          ),
          ...withoutDns(pod, needs.needs[0], network, settings.dns),
        ];
      });
      if (read) unsure.delete(name(pod));
      return found;
    });

    const scraped = attempt(() => {
      const matchLabels = (settings.prometheus ?? component) as Record<string, string>;
      const scrapers = network.pods.filter(({ metadata }) =>
        matches({ matchLabels }, metadata.labels ?? {}),
      );
      return scrapesOf(graph).flatMap(({ subject, path, pod, ports }) => {
        if (pod.spec.hostNetwork === true || scrapers.includes(pod)) return [];
        const near = scrapers.filter((each) => sameNamespace(each, pod));
        // Another namespace's Prometheus may leave this one out, but one of them has to come.
        const groups = near.length > 0 ? near.map((each) => [each]) : [scrapers];
        return groups.flatMap((group) => {
          const flows = group.flatMap((from) =>
            ports.map((port) => ({ from, to: pod, port, protocol: "TCP" })),
          );
          return missing(flows, subject, path, "asks to be scraped");
        });
      });
    });

    const given = list(settings.flows as NamedFlow[] | undefined);
    const isNeeded = (flow: Flow) =>
      needed.has(keyOf(flow)) ||
      unsure.has(name(flow.from)) ||
      given.some((each) => is(each, flow));
    return [
      ...closed,
      ...scraped,
      ...attempt(() => surplusPeers(network, name, isNeeded)),
      ...attempt(() => unusedPorts(network, "ingress")),
      ...attempt(() => unusedPorts(network, "egress")),
    ];
  },
};

function is({ from, to, port }: NamedFlow, flow: Flow) {
  return meansPod(from, flow.from) && meansPod(to, flow.to) && (port ?? flow.port) === flow.port;
}

function sameNamespace(one: Pod, other: Pod) {
  return namespaceOf(one.subject) === namespaceOf(other.subject);
}

function meansPod(name: string, { subject, metadata }: Pod) {
  return ["*", nameOf(subject).name, metadata.labels?.["app.kubernetes.io/name"]].includes(name);
}
