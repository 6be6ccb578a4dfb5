import { ask } from "#test/conformance/support/ask";

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1.0.0" },
  },
};
const headers = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

/** The status with which a server answers the begin of a conversation; ends a session that it makes. */
export async function hello(url: string, host?: string): Promise<number> {
  const sent = { ...headers, ...(host && { host }) };
  const { status, session } = await ask(url, "POST", sent, JSON.stringify(initialize));
  if (session) await ask(url, "DELETE", { ...sent, "mcp-session-id": session });
  return status;
}

/** Whether an MCP server answers there, or at the address that the name in the URL leads to. */
export const alive = (url: string, address?: string): Promise<boolean> =>
  hello(...at(url, address)).then(
    (status) => status === 200,
    () => false,
  );

function at(url: string, address?: string): [string, string?] {
  if (!address) return [url];
  const { host, port, pathname } = new URL(url);
  return [`http://${address}:${port}${pathname}`, host];
}
