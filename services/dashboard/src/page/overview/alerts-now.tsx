import type { StatusAnswer } from "../../api.ts";
import { AlertItem } from "../alerts/alert-item.tsx";
import { alertKey, firing } from "../alerts/alerts.ts";
import { NoAlerts } from "../alerts/no-alerts.tsx";
import { hashOf } from "../data/route.ts";
import { Card } from "../ui/card.tsx";

const SHOWN = 5;

/** The worst alerts that fire now. */
export function AlertsNow({ status }: { status?: StatusAnswer }) {
  const alerts = firing(status);
  return (
    <Card title="Alerts firing" aside={<a href={hashOf({ view: "alerts" })}>All alerts</a>}>
      {alerts.length === 0 && <NoAlerts status={status} />}
      {alerts.length > 0 && (
        <ul className="alerts">
          {alerts.slice(0, SHOWN).map((alert) => (
            <AlertItem key={alertKey(alert)} alert={alert} />
          ))}
        </ul>
      )}
      {alerts.length > SHOWN && <p className="dim">and {alerts.length - SHOWN} more</p>}
    </Card>
  );
}
