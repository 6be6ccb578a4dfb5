import type { Handler } from "#model/kubernetes";
import { type ContainerView, containersOf } from "#model/pod";
import { podRule, violationIf } from "#model/rule";
import { hasHandler, hasPorts, runsAlong } from "#model/serving";

const kinds = ["Deployment", "StatefulSet"];
/** What a pod gets that says nothing. */
const defaultGrace = 30;

export const gracefulStop = podRule({
  id: "B6",
  name: "graceful-stop",
  title: "A container that others connect to gets the time to finish what it has begun.",
  level: "mandatory",
  severity: "medium",
  why: "Requests still arrive while a pod stops, and sessions run on; what is cut off fails for a user.",
  fix: "Set lifecycle.preStop.sleep to some seconds, and terminationGracePeriodSeconds to these plus the longest request or session.",
  settings: {
    drainSeconds: {
      type: "integer",
      minimum: 0,
      default: 10,
      description: "How long a request or session may last after the preStop hook has ended.",
    },
  },
  pod(pod, { settings }) {
    const { subject, spec, path } = pod;
    if (!kinds.includes(subject.kind)) return [];
    const views = containersOf(pod).map((read) => read());
    const serving = views.filter((view) => runsAlong(view) && hasPorts(view));
    const given = spec.terminationGracePeriodSeconds ?? undefined;
    if (serving.length === 0 || (subject.patch && given === undefined)) return [];
    const drain = Number(settings.drainSeconds ?? 10);
    const sleep = Math.max(...serving.map(({ container }) => asleep(container.lifecycle?.preStop)));
    const message = `is ${given ?? `missing, which means ${defaultGrace}`}, but the preStop hook may sleep ${sleep}s and requests last ${drain}s more; write ${sleep + drain} or more`;
    return [
      // Who sets the time to stop has thought of it: such a process may serve on after the signal.
      ...(given === undefined ? serving.flatMap(withoutHook) : []),
      ...violationIf(
        (given ?? defaultGrace) < sleep + drain,
        `${path}.terminationGracePeriodSeconds`,
        message,
      ),
    ];
  },
});

function withoutHook({ path, container }: ContainerView) {
  const hook = container.lifecycle?.preStop;
  return violationIf(
    !hasHandler(hook) && !hook?.sleep,
    `${path}.lifecycle.preStop`,
    "is missing, as is the pod's terminationGracePeriodSeconds; write sleep: { seconds: 5 }, or the time that it takes to stop",
  );
}

/** The seconds that a hook sleeps; a command that does anything else counts as none. */
function asleep(hook: Handler | undefined): number {
  const command = hook?.exec?.command;
  const found = Array.isArray(command) ? /\bsleep (\d+)/.exec(command.join(" "))?.[1] : undefined;
  return Number(hook?.sleep?.seconds ?? found ?? 0);
}
