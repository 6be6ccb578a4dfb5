import { useState } from "react";
import { nextOf } from "../../api.ts";
import { login, signedOut } from "../data/session.ts";

/** Name and password of the one local user. */
export function LocalLogin({ secondary }: { secondary: boolean }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: React.SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    const wrong = await login({
      name: String(fields.get("name")),
      password: String(fields.get("password")),
    });
    setBusy(false);
    setProblem(wrong);
    if (wrong !== undefined) return;
    const next = nextOf(location.search);
    if (next !== undefined) location.assign(next);
    // The server is asked again who looks: now it knows.
    else signedOut();
  };
  return (
    <form onSubmit={submit}>
      <label>
        Name
        <input name="name" autoComplete="username" autoCapitalize="none" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <p role="alert" className="bad">
        {problem}
      </p>
      <button type="submit" className={secondary ? "button" : "button primary"} disabled={busy}>
        {busy ? "Signing in …" : "Sign in"}
      </button>
    </form>
  );
}
