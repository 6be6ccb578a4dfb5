import { useLive } from "../data/live.ts";
import { Away, filled } from "../ui/away.tsx";
import { type Group, serviceOf } from "./groups.ts";

/** Links to what other systems know of an agent. */
export function Elsewhere({ group }: { group: Group }) {
  const links = useLive().status.answer?.links ?? {};
  const parts = { namespace: group.namespace, service: serviceOf(group.replicas[0]) };
  const places: [string, string | undefined][] = [
    ["Logs", links.logs],
    ["Traces", links.traces],
    ["Grafana", links.grafana],
  ];
  const there = places.flatMap(([name, link]) => (link === undefined ? [] : [{ name, link }]));
  if (there.length === 0) return null;
  return (
    <p className="links">
      {there.map(({ name, link }) => (
        <Away key={name} href={filled(link, parts)}>
          {name}
        </Away>
      ))}
    </p>
  );
}
