import { flushCompileCache } from "node:module";
import { PolicyPack } from "@pulumi/policy";
import { policyOf } from "#model/crossguard";
import { rules } from "#rules/all";

new PolicyPack("mcp-mesh", { policies: rules.map(policyOf), displayName: "MCP Mesh" });

// Where the engine gives this host a compile cache, keep it: the host never exits by itself.
setImmediate(flushCompileCache);
