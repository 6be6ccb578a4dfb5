import type { Alert } from "../../api.ts";
import { useLive } from "../data/live.ts";
import { plural } from "../text/format.ts";
import { Card } from "../ui/card.tsx";
import { AlertItem } from "./alert-item.tsx";
import { alertKey, firing, pending, switches } from "./alerts.ts";
import { NoAlerts } from "./no-alerts.tsx";

function List({ alerts }: { alerts: Alert[] }) {
  return (
    <ul className="alerts">
      {alerts.map((alert) => (
        <AlertItem key={alertKey(alert)} alert={alert} full />
      ))}
    </ul>
  );
}

/** Every alert that fires or is about to, with all that is known of it. */
export function Alerts() {
  const { answer } = useLive().status;
  const [now, soon, steady] = [firing(answer), pending(answer), switches(answer)];
  return (
    <>
      <Card title="Firing" aside={<span className="dim">{plural(now.length, "alert")}</span>}>
        {now.length > 0 ? <List alerts={now} /> : <NoAlerts status={answer} />}
      </Card>
      {soon.length > 0 && (
        <Card title="Pending" aside={<span className="dim">will fire if it stays like this</span>}>
          <List alerts={soon} />
        </Card>
      )}
      {steady.length > 0 && (
        <Card
          title="Always firing"
          aside={<span className="dim">silent only if alerting is broken</span>}
        >
          <List alerts={steady} />
        </Card>
      )}
      <p className="dim">
        What to do about each alert stands in the <a href="runbooks/">runbooks</a>.
      </p>
    </>
  );
}
