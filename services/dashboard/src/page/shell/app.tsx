import { Session, useSessionAnswer } from "../data/session.ts";
import { Login } from "../login/login.tsx";
import { Shell } from "./shell.tsx";

/** The page: the login for who is not known yet, else the mesh. */
export function App() {
  const session = useSessionAnswer();
  if (!session)
    return (
      <p className="starting" role="status">
        Connecting …
      </p>
    );
  return (
    <Session value={session}>{session.user ? <Shell /> : <Login login={session.login} />}</Session>
  );
}
