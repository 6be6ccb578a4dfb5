import type { StatusAnswer } from "../../api.ts";
import type { Group } from "../agents/groups.ts";
import { firing } from "../alerts/alerts.ts";
import { useLive } from "../data/live.ts";
import { plural } from "../text/format.ts";
import { Icon, type IconName } from "../ui/icon.tsx";

interface Finding {
  tone: "good" | "warn" | "bad" | "plain";
  icon: IconName;
  headline: string;
}

/** The worst that is known, in one line. */
function findingOf(
  groups: Group[] | undefined,
  status: StatusAnswer | undefined,
  known: boolean,
): Finding {
  const alerts = firing(status);
  const critical = alerts.filter(({ severity }) => severity === "critical").length;
  if (critical > 0) {
    const headline = `${plural(critical, "critical alert")} firing`;
    return { tone: "bad", icon: "critical", headline };
  }
  const sick = groups?.filter(({ state }) => state === "unhealthy").length ?? 0;
  if (sick > 0) {
    return { tone: "bad", icon: "critical", headline: `${plural(sick, "agent")} unhealthy` };
  }
  if (alerts.length > 0) {
    return {
      tone: "warn",
      icon: "warning",
      headline: `${plural(alerts.length, "warning")} firing`,
    };
  }
  const part = groups?.filter(({ state }) => state === "degraded").length ?? 0;
  if (part > 0) {
    return { tone: "warn", icon: "warning", headline: `${plural(part, "agent")} degraded` };
  }
  const lost = groups?.reduce((sum, { needs, resolved }) => sum + needs.length - resolved, 0) ?? 0;
  if (lost > 0) {
    const headline = `${plural(lost, "dependency", "dependencies")} unresolved`;
    return { tone: "warn", icon: "warning", headline };
  }
  if (!known) return { tone: "plain", icon: "unknown", headline: "How it is now is not known" };
  if (status?.prometheus.state === "off") {
    return {
      tone: "plain",
      icon: "good",
      headline: "All agents are healthy; nobody watches for alerts",
    };
  }
  return { tone: "good", icon: "good", headline: "All is well" };
}

/** The first thing to read. */
export function Verdict(props: { groups?: Group[]; status?: StatusAnswer }) {
  const { mesh, status } = useLive();
  const known =
    mesh.answer !== undefined &&
    status.answer !== undefined &&
    mesh.trouble === undefined &&
    status.trouble === undefined &&
    mesh.answer.stale === undefined &&
    status.answer.prometheus.state !== "failed";
  const { tone, icon, headline } = findingOf(props.groups, props.status, known);
  return (
    <p className="verdict" data-tone={tone} role="status">
      <Icon name={icon} size={26} />
      {mesh.answer || mesh.trouble ? headline : "Asking …"}
    </p>
  );
}
