import { policiesOf } from "#model/crossguard";
import { rules } from "#rules/all";

/** The rules as CrossGuard policies, for whichever host serves them. */
export const pack = {
  name: "mcp-mesh",
  displayName: "MCP Mesh",
  policies: policiesOf(rules),
};
