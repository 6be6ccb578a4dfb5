// Loaded before a server that is not ours (`node --import`), because such servers ignore SIGTERM as
// process 1, or wait until the last client has closed its stream of notifications, and those stay
// open for good: ends the process as soon as the calls under way are answered.
import { subscribe } from "node:diagnostics_channel";

/** The least grace period that its pod has, without the second that ending takes. */
const LIMIT_MS = 20_000;

let calls = 0;
let stopping = false;
const endIfIdle = () => {
  if (stopping && calls === 0) process.exit(0);
};

subscribe("http.server.request.start", ({ request, response }) => {
  if (request.method === "GET") return;
  calls++;
  response.once("close", () => {
    calls--;
    endIfIdle();
  });
});

process.on("SIGTERM", () => {
  stopping = true;
  // A handler of the server's own comes after this one.
  setImmediate(endIfIdle);
  setTimeout(() => process.exit(0), LIMIT_MS).unref();
});
