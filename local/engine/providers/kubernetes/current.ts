import { keepOld } from "#local/engine/paths";
import type { Live, ReadRequest } from "#local/engine/provider";
import { at, list, text } from "#local/engine/providers/kubernetes/json";
import { normalize } from "#local/engine/providers/kubernetes/normalize";
import { managerOf, outputsOf } from "#local/engine/providers/kubernetes/session";
import { drift, prune, secretLike } from "#local/engine/providers/kubernetes/shape";
import { type Props, sameValue } from "#local/engine/value";

/** The state that a live object should have: its inputs are the recorded ones where nothing drifted. */
export function currentState(request: ReadRequest, live: Props): Live & { drifted: boolean } {
  const recorded = normalize(request.inputs);
  const imported = Object.keys(recorded).length === 0;
  const inputs = imported ? normalize(live) : drifted(recorded, request.outputs, live);
  const manager = managerOf(request.urn, inputs, request.outputs);
  return {
    id: request.id,
    inputs,
    outputs: secretLike(outputsOf(live, inputs, manager), inputs) as Props,
    initErrors: [],
    drifted: !sameValue(inputs, recorded),
  };
}

function drifted(recorded: Props, outputs: Props, live: Props): Props {
  const before = prune(outputs, recorded);
  const now = prune(live, recorded);
  const inputs = drift(recorded, before, now) as Props;
  // Replicas that an autoscaler set are its business, though the program named a first number.
  const scaled = at(recorded, "spec", "replicas") !== undefined && isAutoscaled(live);
  return scaled ? keepOld(inputs, recorded, ["spec", "replicas"]) : inputs;
}

const isAutoscaled = (live: Props): boolean =>
  list(live, "metadata", "managedFields").some(
    (entry) =>
      text(entry, "subresource") === "scale" && !text(entry, "manager").startsWith("kubectl"),
  );
