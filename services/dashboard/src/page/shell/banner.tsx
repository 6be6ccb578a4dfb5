import { type Live, useLive } from "../data/live.ts";
import { clock } from "../text/format.ts";
import { Icon } from "../ui/icon.tsx";

/** What is wrong with what is shown, and since when; undefined if nothing is. */
function warningOf({ mesh, status }: Live): string | undefined {
  if (mesh.trouble) {
    if (!mesh.answer) return mesh.trouble;
    return `${mesh.trouble}. All of this is as it was at ${clock(mesh.seen)}.`;
  }
  const stale = mesh.answer?.stale;
  if (stale) {
    return `The registry can't be read: ${stale.reason}. The agents are shown as they were at ${clock(stale.since)}.`;
  }
  if (status.trouble)
    return `${status.trouble}. Alerts and figures are as they were at ${clock(status.seen)}.`;
  const { answer } = status;
  if (answer?.prometheus.state !== "failed") return undefined;
  const reason = answer.prometheus.reason ?? "Prometheus can't be read";
  return `${reason}. Alerts and figures are shown as they were at ${clock(answer.at)}.`;
}

/** Says over every view that what is shown is not how it is now. */
export function Banner() {
  const warning = warningOf(useLive());
  return (
    <div role="alert">
      {warning !== undefined && (
        <p className="banner">
          <Icon name="warning" />
          {warning}
        </p>
      )}
    </div>
  );
}
