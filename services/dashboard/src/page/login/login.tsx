import { type LoginProblem, loginProblems, nextOf, type SessionAnswer } from "../../api.ts";
import { Icon } from "../ui/icon.tsx";
import { LocalLogin } from "./local-login.tsx";

const startOf = (next: string | undefined) =>
  next === undefined ? "oidc/start" : `oidc/start?${new URLSearchParams({ next })}`;

/** What stands in the place of the mesh for who has not logged in. */
export function Login({ login }: { login: SessionAnswer["login"] }) {
  const problem = new URLSearchParams(location.search).get("error");
  return (
    <main className="login" id="main">
      <div className="card">
        <img src="icon.svg" alt="" width="48" height="48" />
        <h1>MCP Mesh</h1>
        <p className="dim">Sign in to see the mesh.</p>
        {problem !== null && (
          <p className="banner" role="alert">
            <Icon name="warning" />
            {loginProblems[problem as LoginProblem] ?? loginProblems.failed}
          </p>
        )}
        {login.oidc && (
          <a className="button primary" href={startOf(nextOf(location.search))}>
            Sign in with {login.oidc.label}
          </a>
        )}
        {login.oidc?.problem !== undefined && <p className="bad">{login.oidc.problem}</p>}
        {login.oidc && login.local && <p className="or">or</p>}
        {login.local && <LocalLogin secondary={login.oidc !== undefined} />}
        {!login.oidc && !login.local && (
          <p>No way to sign in is configured. Ask whoever deploys the dashboard.</p>
        )}
      </div>
    </main>
  );
}
