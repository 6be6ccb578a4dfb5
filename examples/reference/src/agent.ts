import { createServer } from "node:http";
import { hostHeaderValidation, originValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, isLegacyRequest } from "@modelcontextprotocol/server";
import { createReference } from "./server.ts";
import { Sessions } from "./sessions.ts";

const host = process.env.HOST ?? "127.0.0.1";
const port = Number(process.env.PORT ?? 8080);
const local = ["localhost", "127.0.0.1", "[::1]"];
// Under a name of its own (a Service's, an Ingress's) the server wants to know that name, or else
// it answers every Host; on loopback it admits loopback alone.
const named = process.env.ALLOWED_HOSTS?.split(",").map((name) => name.trim());
const allowed = named ? [...named, ...local] : local.includes(host) ? local : undefined;

// Clients of 2026-07-28 and, statelessly, those of 2025: a server for each request, so that any
// replica can answer any of them.
const stateless = createMcpHandler(() => createReference(stateless.notify));
// What 2025 has sessions for (questions to the client, resumed streams) works in one replica only,
// so it has to be asked for.
const sessions = process.env.SESSIONS === "on" ? new Sessions(() => createReference()) : undefined;

const answer = toNodeHandler({
  async fetch(request, options) {
    const old = sessions && (await isLegacyRequest(request));
    return old ? sessions.fetch(request) : stateless.fetch(request, options);
  },
});
const admitsHost = hostHeaderValidation(allowed ?? []);
const admitsOrigin = originValidation(allowed ?? []);

const listener = createServer((request, response) => {
  if (allowed && !(admitsHost(request, response) && admitsOrigin(request, response))) return;
  if (new URL(request.url ?? "/", "http://localhost").pathname === "/mcp") {
    void answer(request, response);
    return;
  }
  response.writeHead(404).end();
});
listener.listen(port, host, () => console.log(`reference answers at http://${host}:${port}/mcp`));

/** Calls may end in their own time; what is open after this (a subscription, say) would never end. */
const PATIENCE_MS = 10_000;

// As process 1 of a container Node would ignore both signals.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    listener.close(() => process.exit(0));
    setTimeout(() => Promise.all([stateless.close(), sessions?.close()]), PATIENCE_MS).unref();
  });
}
