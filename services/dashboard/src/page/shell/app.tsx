import { useEffect } from "react";
import { nextOf } from "../../api.ts";
import { Session, useSessionAnswer } from "../data/session.ts";
import { Login } from "../login/login.tsx";
import { Shell } from "./shell.tsx";

/** The page: the login for who is not known yet, else the mesh. */
export function App() {
  const session = useSessionAnswer();
  // A link from a message brings no cookie along, nor does the way back from a provider; this page does.
  const onward = session?.user ? nextOf(location.search) : undefined;
  useEffect(() => {
    if (onward !== undefined) location.replace(onward);
  }, [onward]);
  if (!session || onward !== undefined)
    return (
      <p className="starting" role="status">
        Connecting …
      </p>
    );
  return (
    <Session value={session}>{session.user ? <Shell /> : <Login login={session.login} />}</Session>
  );
}
