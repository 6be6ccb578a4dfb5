import { moment } from "../text/format.ts";
import { Ago } from "../ui/ago.tsx";
import { Badge, toneOf } from "../ui/badge.tsx";
import type { Group } from "./groups.ts";

/** Each replica of an agent. */
export function Replicas({ group }: { group: Group }) {
  return (
    <ul className="plain">
      {group.replicas.map(({ id, status, version, endpoint, lastHeartbeat, registered }) => (
        <li key={id} className="replica">
          <code>{id}</code> <Badge tone={toneOf(status)}>{status}</Badge>
          <p className="dim">
            {version} · {endpoint}
            {lastHeartbeat !== undefined && (
              <>
                {" · heartbeat "}
                <Ago time={lastHeartbeat} />
              </>
            )}
            {registered !== undefined && ` · registered ${moment(registered)}`}
          </p>
        </li>
      ))}
    </ul>
  );
}
