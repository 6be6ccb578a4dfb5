// The second SDK's client is the runtime's dependency, and this is where the lock file puts it.
import {
  Client,
  StreamableHTTPClientTransport,
} from "../../../packages/mcp-mesh/node_modules/@modelcontextprotocol/client/dist/index.mjs";

/** A client of the second SDK, which finds out by itself what the server speaks. */
export async function connect(url: string): Promise<Client> {
  const versionNegotiation = { mode: "auto" } as const;
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}
