import { firing } from "../alerts/alerts.ts";
import { useLive } from "../data/live.ts";
import { hashOf, type View, views } from "../data/route.ts";
import { logout, useSession } from "../data/session.ts";
import { Icon } from "../ui/icon.tsx";
import { Freshness } from "./freshness.tsx";
import { titles } from "./titles.ts";

/** What is on top of every view: where one is, where one can go, how fresh it is and who looks. */
export function Header({ view }: { view: View }) {
  return (
    <header className="top">
      <a className="brand" href={hashOf({ view: "overview" })}>
        <img src="icon.svg" alt="" width="30" height="30" />
        MCP Mesh
      </a>
      <Navigation view={view} />
      <Freshness />
      <Who />
    </header>
  );
}

function Navigation({ view }: { view: View }) {
  const count = firing(useLive().status.answer).length;
  return (
    <nav aria-label="Views">
      <ul>
        {views.map((name) => (
          <li key={name}>
            <a href={hashOf({ view: name })} aria-current={name === view ? "page" : undefined}>
              <Icon name={name} />
              {titles[name]}
              {name === "alerts" && count > 0 && (
                <span className="count">
                  {count}
                  <span className="hidden"> firing</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Who() {
  const session = useSession();
  const { user } = session;
  if (!user || user.via === "none") return null;
  return (
    <div className="who">
      <span title={`Signed in as ${user.name}`}>{user.name}</span>
      <button type="button" className="button" onClick={() => logout(session)}>
        Sign out
      </button>
    </div>
  );
}
