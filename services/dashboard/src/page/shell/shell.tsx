import { lazy, Suspense, useEffect } from "react";
import type { StatusAnswer } from "../../api.ts";
import type { MeshAnswer } from "../../mesh.ts";
import { Agents } from "../agents/agents.tsx";
import { Details } from "../agents/details.tsx";
import { firing } from "../alerts/alerts.ts";
import { Alerts } from "../alerts/alerts.tsx";
import { useFeed } from "../data/feed.ts";
import { LIVE_MS, LiveData } from "../data/live.ts";
import { useRoute, type View } from "../data/route.ts";
import { Overview } from "../overview/overview.tsx";
import { FailedPart } from "../ui/failed-part.tsx";
import { Banner } from "./banner.tsx";
import { Header } from "./header.tsx";
import { titles } from "./titles.ts";

// The graph and the charts bring libraries with them that the rest does not wait for.
const Wiring = lazy(() => import("../graph/wiring.tsx"));
const Charts = lazy(async () => ({ default: (await import("../charts/later.ts")).Charts }));

const parts: Record<View, () => React.ReactNode> = {
  overview: () => <Overview />,
  agents: () => <Agents />,
  graph: () => <Wiring />,
  charts: () => <Charts />,
  alerts: () => <Alerts />,
};

/** What somebody sees who has logged in. */
export function Shell() {
  const mesh = useFeed<MeshAnswer>("api/mesh", LIVE_MS);
  const status = useFeed<StatusAnswer>("api/status", LIVE_MS);
  const { view, agent } = useRoute();
  const count = firing(status.answer).length;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${titles[view]} · MCP Mesh`;
  }, [count, view]);
  return (
    <LiveData value={{ mesh, status }}>
      <a className="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Header view={view} />
      <main id="main" tabIndex={-1} data-view={view}>
        <Banner />
        <h1 className="hidden">{titles[view]}</h1>
        <FailedPart key={view}>
          <Suspense
            fallback={
              <p className="starting" role="status">
                Loading …
              </p>
            }
          >
            {parts[view]()}
          </Suspense>
        </FailedPart>
      </main>
      {agent !== undefined && <Details agent={agent} />}
    </LiveData>
  );
}

/** The fragment names the view: the way to the content must not change it. */
function skip(event: React.MouseEvent) {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}
