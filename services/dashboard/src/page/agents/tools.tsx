import type { Tool } from "../../mesh.ts";
import { Chips } from "../ui/chips.tsx";

/** The tools that an agent offers. */
export function Tools({ tools }: { tools: Tool[] }) {
  if (tools.length === 0) return <p className="dim">None</p>;
  return (
    <ul className="plain">
      {tools.map(({ name, capability, version, description, tags, available, reason }) => (
        <li key={JSON.stringify([name, capability, version])}>
          <strong>{name}</strong>
          {capability !== name && <span className="dim"> offers {capability}</span>}{" "}
          <span className="dim">{version}</span>
          {!available && <span className="bad"> unavailable{reason ? `: ${reason}` : ""}</span>}
          {description !== "" && <p>{description}</p>}
          <Chips words={tags} label="Tags" />
        </li>
      ))}
    </ul>
  );
}
