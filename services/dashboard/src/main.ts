import { once } from "node:events";
import { createLog, reason } from "@mcp-mesh/registry/src/log.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { loadPage, loadRunbooks } from "./content.ts";
import { serve } from "./serve.ts";

const HELP = `Usage: dashboard

Shows the mesh in a browser; SIGTERM drains and ends it.

Environment
  MCP_MESH_REGISTRY_URL  the registry
  PROMETHEUS_URL         Prometheus; without it there are no figures and no alerts
  NAMESPACE              the Kubernetes namespace whose figures are shown (mcp-mesh)
  PUBLIC_URL             where browsers find the page, such as https://mesh.example.com/
  PROXIES                how many proxies before it add to X-Forwarded-For (0)
  LINK_GRAFANA, LINK_LOGS, LINK_TRACES
                         addresses to link to, with {namespace} and {service} in them
  HOST, PORT             address to listen on (0.0.0.0, 8090)
  DRAIN_SECONDS          time between turning unready and closing (5)
  LOG_LEVEL              debug, info, warn or error (info)

Login, by one way or both
  SESSION_KEYS_FILE      random keys of 32 characters or more, one a line; the first encrypts
  SESSION_HOURS, SESSION_IDLE_MINUTES
                         how long a session lasts, and how long without a page open (12, 60)
  LOCAL_USER             the one local user (admin)
  LOCAL_PASSWORD_FILE    its password, of 12 characters or more
  OIDC_ISSUER            the OpenID provider, which has PUBLIC_URL + oidc/callback for its client
  OIDC_CLIENT_ID, OIDC_CLIENT_SECRET_FILE
  OIDC_LABEL             what the page calls it (single sign-on)
  OIDC_SCOPES, OIDC_GROUPS_CLAIM
                         what is asked for, and what holds groups (openid profile email; groups)
  OIDC_ALLOWED_GROUPS, OIDC_ALLOWED_EMAILS, OIDC_ALLOWED_DOMAINS
                         JSON lists of who may come in; one match is enough
  OIDC_ANYBODY_BECAUSE   why everybody may whom the provider knows, in a sentence
  OPEN_BECAUSE           why nobody has to log in, in a sentence; in place of all the others
`;

/** A mistake in the command line or the environment; nothing was started. */
const MISUSE = 2;

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument !== undefined) {
    if (argument !== "--help" && argument !== "-h") process.exitCode = MISUSE;
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig(process.env);
  const log = createLog("dashboard", config.logLevel);
  const asked = Promise.race(["SIGTERM", "SIGINT"].map((signal) => once(process, signal)));
  const site = {
    page: loadPage(new URL("./page/", import.meta.url)),
    runbooks: loadRunbooks(new URL("./runbooks/", import.meta.url)),
  };
  const serving = await serve(config, site, log);
  await asked;
  await serving.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)}\n`);
  process.exitCode = error instanceof ConfigError ? MISUSE : 1;
});
