import { type Answer, json, problem, type Route, redirect } from "./answer.ts";
import { contentOf, type Site } from "./content.ts";
import type { Metrics } from "./metrics.ts";

/** What Kubernetes and Prometheus ask; whom the network policy lets in gets an answer. */
export function probeRoutes(metrics: Metrics, draining: () => boolean): Route[] {
  const route = (path: string, answer: Route["answer"]): Route => ({
    ...{ name: path, method: "GET", path: new RegExp(`^${path}$`), open: true },
    answer,
  });
  return [
    route("/live", () => json(200, { status: "live" })),
    // Not a question about the registry: without it the page still says since when it is away, and
    // shows what it last said. Unready replicas would take just that from the people who need it.
    route("/ready", () =>
      draining()
        ? { ...json(503, { status: "unready", reason: "draining" }), headers: { "retry-after": 5 } }
        : json(200, { status: "ready" }),
    ),
    route("/metrics", async () => ({
      status: 200,
      content: contentOf(metrics.contentType, await metrics.render()),
    })),
  ];
}

/**
 * What somebody sees who follows a link to a runbook and is not logged in. A link from a message brings
 * no cookie along, so the page itself looks whether there is a session, and goes on to the runbook.
 */
export function runbookRefused(found: string): Answer {
  const page = `../?next=${encodeURIComponent(`runbooks/${found}`)}`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<link rel="icon" href="../icon.svg">
<meta http-equiv="refresh" content="0; url=${page}">
<title>MCP Mesh</title>
<p>Runbooks are for those who are logged in: <a href="${page}">log in</a>.</p>
</html>
`;
  return {
    status: 401,
    content: contentOf("text/html; charset=utf-8", html),
    headers: { "cache-control": "no-store" },
  };
}

export const RUNBOOK = "/runbooks/NAME";

/** The page and its parts for everybody, the runbooks for those who are logged in. */
export function siteRoutes({ page, runbooks }: Site): Route[] {
  const missing = problem(404, "There is nothing there.");
  return [
    {
      ...{ name: "/runbooks", method: "GET", path: /\/runbooks$/, open: true },
      answer: () => redirect("runbooks/"),
    },
    {
      ...{
        name: "/runbooks/style.css",
        method: "GET",
        path: /\/runbooks\/style\.css$/,
        open: true,
      },
      answer: () => {
        const content = runbooks.get("style.css");
        return content ? { status: 200, content } : missing;
      },
    },
    {
      ...{ name: RUNBOOK, method: "GET", path: /\/runbooks\/([A-Za-z0-9-]*)$/, open: false },
      answer: ({ found }) => {
        const content = runbooks.get(`${found || "index"}.html`);
        return content ? { status: 200, content } : problem(404, "There is no such runbook.");
      },
    },
    // Last: whatever it is called by any other address.
    ...[...page].map(
      ([file, content]): Route => ({
        ...{ method: "GET", open: true },
        name: file === "index.html" ? "/" : `/${file}`,
        path: new RegExp(
          `/${file === "index.html" ? "(?:index\\.html)?" : file.replaceAll(".", "\\.")}$`,
        ),
        answer: () => ({ status: 200, content }),
      }),
    ),
  ];
}
