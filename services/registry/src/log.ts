// One form of log lines for all that is ours: docs/logs.md.
export * from "mcp-mesh/log";
