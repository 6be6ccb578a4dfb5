import { type Graph, namespaceOf } from "#model/graph";
import { type LabelSelector, list } from "#model/kubernetes";
import { podsBehind, portNumbers } from "#model/needs";
import { portsOf } from "#model/network-policy";
import type { Pod } from "#model/pod";
import { matches } from "#model/selector";
import type { Subject } from "#model/subject";

/** A pod that some object tells Prometheus to read figures from. */
export interface Scrape {
  subject: Subject;
  path: string;
  pod: Pod;
  /** One of these TCP ports is meant. */
  ports: number[];
}

interface Endpoint {
  port?: string;
  portNumber?: number;
  targetPort?: number | string;
}

interface MonitorSpec {
  selector?: LabelSelector;
  namespaceSelector?: { any?: boolean; matchNames?: string[] };
  podMetricsEndpoints?: Endpoint[];
  endpoints?: Endpoint[];
}

interface ServicePort {
  name?: string;
  port?: number;
  targetPort?: number | string;
}

/** Every pod of the stack that is to be scraped, by its annotations or by a monitor. */
export function scrapesOf(graph: Graph): Scrape[] {
  const monitors = "monitoring.coreos.com";
  return [
    ...graph.pods.flatMap(annotated),
    ...graph.of(`${monitors}/PodMonitor`).flatMap((monitor) => ofPods(monitor, graph)),
    ...graph.of(`${monitors}/ServiceMonitor`).flatMap((monitor) => ofServices(monitor, graph)),
  ];
}

function annotated(pod: Pod): Scrape[] {
  const annotations = pod.metadata.annotations ?? {};
  if (String(annotations["prometheus.io/scrape"]) !== "true") return [];
  const port = Number(annotations["prometheus.io/port"] ?? Number.NaN);
  const ports = Number.isNaN(port) ? declared(pod) : [port];
  const path = `${pod.metadataPath}.annotations.prometheus.io/scrape`;
  return [{ subject: pod.subject, path, pod, ports }];
}

function declared(pod: Pod): number[] {
  return portsOf(pod).flatMap(({ port, protocol }) => (protocol === "TCP" ? [port] : []));
}

function ofPods(subject: Subject, graph: Graph): Scrape[] {
  const spec = (subject.body.spec ?? {}) as MonitorSpec;
  const pods = graph.pods.filter(
    (pod) =>
      covers(subject, namespaceOf(pod.subject)) &&
      matches(spec.selector, pod.metadata.labels ?? {}),
  );
  return list(spec.podMetricsEndpoints).flatMap((endpoint, index) =>
    pods.map((pod) => {
      const port = endpoint?.portNumber ?? endpoint?.port ?? endpoint?.targetPort;
      const path = `spec.podMetricsEndpoints[${index}]`;
      return { subject, path, pod, ports: portNumbers(port, "TCP", pod) };
    }),
  );
}

function ofServices(subject: Subject, graph: Graph): Scrape[] {
  const spec = (subject.body.spec ?? {}) as MonitorSpec;
  const services = graph
    .of("Service")
    .filter(
      (service) =>
        covers(subject, namespaceOf(service)) &&
        matches(spec.selector, service.body.metadata?.labels ?? {}),
    );
  return list(spec.endpoints).flatMap((endpoint, index) =>
    services.flatMap((service) => {
      const { ports } = (service.body.spec ?? {}) as { ports?: ServicePort[] };
      const own = list(ports).find(({ name }) => name === endpoint?.port);
      const port = endpoint?.targetPort ?? own?.targetPort ?? own?.port;
      const path = `spec.endpoints[${index}]`;
      return podsBehind(service, graph).map((pod) => ({
        subject,
        path,
        pod,
        ports: portNumbers(port, "TCP", pod),
      }));
    }),
  );
}

function covers(monitor: Subject, namespace: string): boolean {
  const { namespaceSelector } = (monitor.body.spec ?? {}) as MonitorSpec;
  if (namespaceSelector?.any) return true;
  const names = list(namespaceSelector?.matchNames);
  return names.length > 0 ? names.includes(namespace) : namespaceOf(monitor) === namespace;
}
