import { useNow } from "../data/clock.ts";
import { useLive } from "../data/live.ts";
import { lasting } from "../text/format.ts";

/** In a word, how far what is shown can be trusted to be so now. */
export function Freshness() {
  const { mesh } = useLive();
  const now = useNow();
  const [state, words] = ((): [string, string] => {
    if (mesh.trouble) {
      return ["lost", mesh.answer ? `${lasting(now - mesh.seen)} old` : "no data"];
    }
    if (!mesh.answer) return ["wait", "connecting …"];
    const { stale } = mesh.answer;
    return stale ? ["lost", `${lasting(now - Date.parse(stale.since))} old`] : ["live", "live"];
  })();
  return (
    <p className="freshness" data-state={state}>
      {words}
    </p>
  );
}
