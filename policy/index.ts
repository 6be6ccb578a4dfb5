import { flushCompileCache } from "node:module";
import { PolicyPack } from "@pulumi/policy";
import { policiesOf } from "#model/crossguard";
import { rules } from "#rules/all";

new PolicyPack("mcp-mesh", { policies: policiesOf(rules), displayName: "MCP Mesh" });

// Where the engine gives this host a compile cache, keep it: the host never exits by itself.
setImmediate(flushCompileCache);
