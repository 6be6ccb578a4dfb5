import type { Agent } from "#config/agent-schema";
import { prometheusUrl } from "#config/monitoring";
import type { Path } from "#config/problems";
import type { StackSettings } from "#config/schema";
import type { SignalScaling } from "#config/shapes";

/** What is wrong with the signals that replicas are to follow, by the key in the stack's file. */
export function scalingProblems(settings: StackSettings, files: readonly Agent[]) {
  const vanilla = (name: string) => files.find((one) => one.name === name)?.mode === "vanilla";
  const parts: [Path, SignalScaling | undefined, boolean][] = [
    [["registry"], settings.registry.autoscaling, false],
    ...Object.entries(settings.agents).map(
      ([name, { autoscaling }]): [Path, SignalScaling | undefined, boolean] => [
        ["agents", name],
        autoscaling,
        vanilla(name),
      ],
    ),
  ];
  return parts.flatMap(([part, scaling, counts]) => {
    if (!scaling || scaling.signal === "resources") return [];
    const path = [...part, "autoscaling", "signal"];
    if (counts) {
      const message = "an unmodified server counts no calls; leave it out, or use mode: mesh";
      return [{ path, message }];
    }
    if (settings.monitoring.mode === "off") {
      const message = "nothing collects what it goes by; set monitoring.mode, or leave it out";
      return [{ path, message }];
    }
    if (scaling.signal !== "keda" || urlOf(settings, scaling) !== undefined) return [];
    const message = "is missing; write it, or the address of your Prometheus as monitoring.url";
    return [{ path: [...part, "autoscaling", "prometheusUrl"], message }];
  });
}

/** The same with the stack's own Prometheus, where KEDA has to know one. */
export function scalingOf(settings: StackSettings, scaling: SignalScaling | undefined) {
  if (!scaling) return {};
  if (scaling.signal !== "keda") return { autoscaling: scaling };
  const url = urlOf(settings, scaling);
  return { autoscaling: { ...scaling, ...(url === undefined ? {} : { prometheusUrl: url }) } };
}

const urlOf = (settings: StackSettings, scaling: SignalScaling) =>
  scaling.prometheusUrl ?? prometheusUrl(settings);
