import { cel } from "#model/admission";
import { type LabelSelector, list } from "#model/kubernetes";
import { directions, type Peer, type PolicyPort, peersOf, specOf } from "#model/network-policy";
import type { ObjectRule, Violation } from "#model/rule";

interface Allowed {
  cidr: string;
  ports?: number[];
}

/** In CEL: the selector takes some and not all. */
const chooses = (selector: string) =>
  `${selector}.?matchLabels.orValue({}).size() + ${selector}.?matchExpressions.orValue([]).size() > 0`;

/** In CEL: the block of the peer `p` is not all addresses, or one that the rule `r` may name. */
const narrow = (allowed: Allowed[]) =>
  [
    '!p.ipBlock.cidr.matches("/0+$")',
    ...allowed.map(({ cidr, ports }) => {
      const opened = `r.?ports.orValue([]).size() > 0 &&
        r.ports.all(o, !has(o.endPort) && o.?port.orValue(0) in ${cel(ports)})`;
      return `p.ipBlock.cidr == ${cel(cidr)}${ports ? ` && ${opened}` : ""}`;
    }),
  ].join(" || ");

export const noAllowAll: ObjectRule = {
  id: "N4",
  name: "no-allow-all",
  title: "No NetworkPolicy lets everybody in or everything out.",
  level: "mandatory",
  severity: "medium",
  why: "Policies add up: one that opens a direction to everybody undoes all others for its pods.",
  fix: "Name the pods, namespaces or address blocks that are needed.",
  settings: {
    allow: {
      type: "array",
      default: [],
      description: "Blocks of all addresses that policies may use, on these ports or on all.",
      items: {
        type: "object",
        required: ["cidr"],
        properties: {
          cidr: { type: "string", description: "0.0.0.0/0 or ::/0" },
          ports: { type: "array", items: { type: "integer" } },
        },
        additionalProperties: false,
      },
    },
  },
  kinds: ["networking.k8s.io/NetworkPolicy"],
  admission: ({ allow }) =>
    directions.map((direction) => {
      const key = direction === "ingress" ? "from" : "to";
      return `object.spec.?${direction}.orValue([]).all(r, r.?${key}.orValue([]).size() > 0 &&
        r.${key}.all(p, has(p.ipBlock) ? ${narrow(list(allow as Allowed[] | undefined))} :
          (has(p.namespaceSelector) || has(p.podSelector)) &&
          (!has(p.namespaceSelector) || ${chooses("p.namespaceSelector")} ||
            has(p.podSelector) && ${chooses("p.podSelector")})))`;
    }),
  check: (subject, { settings, attempt }) =>
    directions.flatMap((direction) =>
      attempt(() =>
        list(specOf(subject)[direction]).flatMap((rule, index) => {
          const key = direction === "ingress" ? "from" : "to";
          const path = `spec.${direction}[${index}].${key}`;
          const peers = peersOf(rule, direction);
          const message = `is ${rule?.[key] ? "empty" : "missing"}, which means everybody; name the peers`;
          if (peers.length === 0) return [{ path, message }];
          const allowed = list(settings.allow as Allowed[] | undefined);
          return peers.flatMap((peer, at) => problem(peer, `${path}[${at}]`, rule?.ports, allowed));
        }),
      ),
    ),
};

function problem(
  { ipBlock, namespaceSelector, podSelector }: Peer,
  path: string,
  ports: PolicyPort[] | undefined,
  allowed: Allowed[],
): Violation[] {
  if (ipBlock) {
    const { cidr = "" } = ipBlock;
    if (!/\/0+$/.test(cidr) || allowed.some((each) => covers(each, cidr, ports))) return [];
    return [{ path: `${path}.ipBlock.cidr`, message: `is "${cidr}", every address; narrow it` }];
  }
  if (!namespaceSelector && !podSelector) {
    return [{ path, message: "is empty; name pods, namespaces or an address block" }];
  }
  if (!isEmpty(namespaceSelector) || (podSelector && !isEmpty(podSelector))) return [];
  const message = "selects every pod of every namespace; name the namespaces or pods";
  return [{ path: `${path}.namespaceSelector`, message }];
}

function covers({ cidr, ports }: Allowed, found: string, opened: PolicyPort[] | undefined) {
  if (cidr !== found) return false;
  const single = list(opened).map((each) => (each?.endPort ? undefined : each?.port));
  return !ports || (single.length > 0 && single.every((port) => ports.includes(port as number)));
}

/** A selector that is there and takes everything; one that is missing is not empty. */
function isEmpty(selector: LabelSelector | undefined) {
  if (!selector) return false;
  const { matchLabels, matchExpressions } = selector;
  return Object.keys(matchLabels ?? {}).length === 0 && list(matchExpressions).length === 0;
}
