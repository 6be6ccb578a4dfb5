import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { condition, text } from "#local/engine/providers/kubernetes/json";

/** The server serves the new kind. */
export const definition: Rule = {
  judge(object) {
    const established = condition(object, "Established");
    if (text(established, "status") === "True") return READY;
    const names = condition(object, "NamesAccepted");
    const clash = text(names, "status") === "False" ? [text(names, "message")] : [];
    return waiting("not served yet", clash);
  },
};
