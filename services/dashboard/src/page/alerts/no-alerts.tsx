import type { StatusAnswer } from "../../api.ts";
import { Icon } from "../ui/icon.tsx";

/** No alert means something only if somebody watches. */
export function NoAlerts({ status }: { status: StatusAnswer | undefined }) {
  if (!status) return <p className="empty">Not known yet.</p>;
  if (status.prometheus.state === "off") {
    return (
      <p className="empty">
        <Icon name="unknown" /> Nobody watches: no Prometheus is configured, so there are no alerts.
      </p>
    );
  }
  if (status.prometheus.state === "failed") {
    return (
      <p className="empty">
        <Icon name="unknown" /> None was firing when Prometheus last answered.
      </p>
    );
  }
  return (
    <p className="empty good">
      <Icon name="good" /> Nothing is firing.
    </p>
  );
}
