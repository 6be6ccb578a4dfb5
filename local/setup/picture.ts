/**
 * A picture of what is deployed, from what the cluster says: workloads in rows, nodes in columns,
 * a box for each pod, and beside the rows an arc for each flow that a network policy allows.
 */

export interface PictureInput {
  namespace: string;
  nodes: { name: string; zone: string }[];
  pods: { name: string; node: string; ready: boolean; labels: Record<string, string> }[];
  policies: NetworkPolicy[];
}

interface Peer {
  podSelector?: { matchLabels?: Record<string, string> };
  ipBlock?: unknown;
}
export interface NetworkPolicy {
  spec: {
    podSelector?: { matchLabels?: Record<string, string> };
    ingress?: { from?: Peer[]; ports?: { port?: number | string }[] }[];
  };
}

const nameLabel = "app.kubernetes.io/name";
const row = { top: 96, height: 64, label: 270 };
const column = { width: 210, gap: 14 };

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function matches(
  selector: { matchLabels?: Record<string, string> } | undefined,
  labels: Record<string, string>,
) {
  const wanted = Object.entries(selector?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** The flows between workloads (by their name label) that the policies let in. */
export function allowedFlows(input: PictureInput): { from: string; to: string; port: string }[] {
  const flows = new Map<string, { from: string; to: string; port: string }>();
  const name = (labels: Record<string, string>) => labels[nameLabel] ?? "";
  for (const policy of input.policies) {
    const targets = input.pods.filter((pod) => matches(policy.spec.podSelector, pod.labels));
    for (const rule of policy.spec.ingress ?? []) {
      const port = (rule.ports ?? []).map((p) => String(p.port ?? "any")).join(", ");
      for (const peer of rule.from ?? []) {
        for (const source of input.pods.filter((pod) => matches(peer.podSelector, pod.labels))) {
          for (const target of targets) {
            const flow = { from: name(source.labels), to: name(target.labels), port };
            if (flow.from !== flow.to) flows.set(`${flow.from}>${flow.to}`, flow);
          }
        }
      }
    }
  }
  return [...flows.values()].sort((a, b) => `${a.from}${a.to}`.localeCompare(`${b.from}${b.to}`));
}

/** The picture as an SVG document. */
export function picture(input: PictureInput): string {
  const workloads = [...new Set(input.pods.map((pod) => pod.labels[nameLabel] ?? pod.name))].sort();
  const y = (workload: string) => row.top + workloads.indexOf(workload) * row.height;
  const x = (index: number) => row.label + index * (column.width + column.gap);
  const right = x(input.nodes.length);
  const height = row.top + workloads.length * row.height + 24;
  const flows = allowedFlows(input);
  const out: string[] = [];
  const text = (tx: number, ty: number, size: number, body: string, more = "") =>
    out.push(`<text x="${tx}" y="${ty}" font-size="${size}" ${more}>${escape(body)}</text>`);

  text(20, 34, 18, `namespace ${input.namespace}`, 'font-weight="600"');
  text(right + 10, 34, 13, "allowed flows (all else is denied)", 'fill="#57606a"');
  input.nodes.forEach((node, index) => {
    out.push(
      `<rect x="${x(index)}" y="54" width="${column.width}" height="${height - 70}" rx="8" fill="#f6f8fa" stroke="#d0d7de"/>`,
    );
    text(x(index) + 12, 76, 14, node.name, 'font-weight="600"');
    text(
      x(index) + column.width - 12,
      76,
      12,
      `zone ${node.zone}`,
      'fill="#57606a" text-anchor="end"',
    );
  });
  for (const workload of workloads) {
    text(20, y(workload) + 33, 15, workload, 'font-weight="600"');
    input.nodes.forEach((node, index) => {
      const here = input.pods.filter(
        (p) => p.node === node.name && p.labels[nameLabel] === workload,
      );
      here.forEach((pod, place) => {
        const width = (column.width - 24) / here.length - (here.length > 1 ? 4 : 0);
        const left = x(index) + 12 + place * (width + 4);
        const colour = pod.ready
          ? 'fill="#dafbe1" stroke="#2da44e"'
          : 'fill="#fff8c5" stroke="#bf8700"';
        out.push(
          `<rect x="${left}" y="${y(workload) + 8}" width="${width}" height="40" rx="6" ${colour}/>`,
        );
        text(left + 8, y(workload) + 33, 11, pod.name.slice(-Math.floor(width / 7)));
      });
    });
  }
  flows.forEach((flow, index) => {
    const [from, to] = [y(flow.from) + 22 + (index % 3) * 5, y(flow.to) + 22 + (index % 4) * 5];
    const reach = right + 40 + (index % 6) * 26 + Math.abs(to - from) * 0.25;
    out.push(
      `<path d="M ${right} ${from} C ${reach} ${from}, ${reach} ${to}, ${right + 4} ${to}" fill="none" stroke="#0969da" stroke-width="1.4" marker-end="url(#arrow)"/>`,
    );
    text(
      right + (reach - right) * 0.76 + 4,
      (from + to) / 2 + 4,
      11,
      `:${flow.port}`,
      'fill="#0969da"',
    );
  });
  const width = right + 330;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-sans-serif, system-ui, sans-serif" fill="#1f2328">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#0969da"/></marker></defs>
<rect width="100%" height="100%" fill="#ffffff"/>
${out.join("\n")}
</svg>
`;
}
