import { type Graph, namespaceOf } from "#model/graph";
import { list } from "#model/kubernetes";
import { type Flow, portsOf } from "#model/network-policy";
import type { Pod } from "#model/pod";
import { selectedBy } from "#model/service";
import { nameOf, type Subject } from "#model/subject";
import { type Text, textsOf } from "#model/texts";

/** A flow that an object shows to be needed. */
export interface Need {
  /** One of these ports is meant; all on the same pod. */
  flows: Flow[];
  /** Where the object names the other end, and in what words. */
  path: string;
  words: string;
}

export interface Needs {
  needs: Need[];
  /** The pod names something of which the stack does not show which port of which pod it is. */
  unsure: boolean;
}

/** The flows that a pod's environment, arguments and configuration name. */
export function needsOf(pod: Pod, graph: Graph): Needs {
  const found = textsOf(pod, graph).flatMap((text) => namedIn(text, pod, graph));
  return {
    needs: found.filter(({ flows }) => flows.length > 0),
    unsure: found.some(({ flows }) => flows.length === 0),
  };
}

const host =
  /(?<![\w.-])([a-z](?:[a-z0-9-]*[a-z0-9])?)(?:\.([a-z0-9](?:[a-z0-9-]*[a-z0-9])?))?(\.svc(?:\.[a-z0-9-]+)*)?(?::(\d+))?(?![\w-]|\.\w)/g;

function namedIn({ text, path, file, host: isHost }: Text, pod: Pod, graph: Graph): Need[] {
  if (text === undefined) return [{ flows: [], path, words: "something" }];
  return [...text.matchAll(host)].flatMap((match) => {
    const [words, name = "", given, suffix, digits] = match;
    const inUrl = isInUrl(text, match.index);
    const whole = words === text.trim() && (given !== undefined || isHost);
    const alone = !file && (suffix !== undefined || whole);
    if (!inUrl && !alone && digits === undefined) return [];
    const namespace = given ?? namespaceOf(pod.subject);
    const service = graph.find("Service", namespace, name);
    // A name that is missing where pods of the stack run may be a Service that others make.
    if (!service) {
      const near = suffix !== undefined && graph.podsWith(namespace, () => true).length > 0;
      return near ? [{ flows: [], path, words }] : [];
    }
    const port = digits === undefined ? undefined : Number(digits);
    // "postgres:15" is an image as well.
    const sure = inUrl || suffix !== undefined || port === undefined;
    if (!sure && !portsOfService(service).some((each) => each?.port === port)) return [];
    return flowsTo(service, port, pod, graph).map((flows) => ({ flows, path, words }));
  });
}

/** Whether the host of a URL starts here, behind a user's name or not. */
function isInUrl(text: string, start: number): boolean {
  const last = text.slice(Math.max(0, start - 200), start);
  const starts = last.endsWith("://") || (last.endsWith("@") && /:\/\/[^\s/]*@$/.test(last));
  return starts && !/^[^\s/]*@/.test(text.slice(start, start + 200));
}

interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  selector?: Record<string, string>;
  ports?: { name?: string; port?: number; targetPort?: number | string; protocol?: string }[];
}

function portsOfService({ body }: Subject) {
  return list((body.spec as ServiceSpec | undefined)?.ports);
}

/** The pods that a Service selects. */
export function podsBehind(service: Subject, graph: Graph): readonly Pod[] {
  const { selector } = (service.body.spec ?? {}) as ServiceSpec;
  if (!selector) return [];
  return selectedBy(selector, graph, nameOf(service).namespace);
}

/** For each pod behind a Service the flows of which one is meant; none for a pod itself. */
function flowsTo(service: Subject, port: number | undefined, from: Pod, graph: Graph): Flow[][] {
  const spec = (service.body.spec ?? {}) as ServiceSpec;
  const targets = podsBehind(service, graph);
  if (targets.includes(from)) return [];
  if (targets.length === 0) return [[]];
  const meant = list(spec.ports).filter((each) => port === undefined || each?.port === port);
  return targets.map((to) => {
    // The name of a headless Service leads to the pods themselves, past its own ports.
    if (spec.clusterIP === "None" && port !== undefined) {
      return [{ from, to, port, protocol: "TCP" }];
    }
    return meant.flatMap(({ port: own, targetPort, protocol = "TCP" }) => {
      const target = spec.clusterIP === "None" ? own : (targetPort ?? own);
      return portNumbers(target, protocol, to).map((port) => ({ from, to, port, protocol }));
    });
  });
}

/** The number of a pod's port that is given by number or name. */
export function portNumbers(port: unknown, protocol: string, pod: Pod): number[] {
  if (typeof port === "number") return [port];
  const named = portsOf(pod).filter((each) => each.name === port && each.protocol === protocol);
  return named.map((each) => each.port);
}
