import { named, roleRule } from "#model/access";
import { everyGrant, withoutPower } from "#model/admission";

const entering = {
  group: "",
  resources: ["pods/exec", "pods/attach", "pods/portforward"],
  // With WebSockets, a get opens the stream as well.
  verbs: ["create", "get"],
};

export const noExec = roleRule({
  id: "A5",
  name: "no-exec",
  title: "No role runs commands in pods, attaches to them, or forwards their ports.",
  level: "mandatory",
  severity: "high",
  why: "It is a way around everything else: the pod's secrets, its service account, its network.",
  fix: "Leave the subresource out; give it in an emergency, to one person and for a time.",
  admission: () => [everyGrant(withoutPower(entering))],
  grant: (grant, path) =>
    named(grant, entering, path).map(({ path, found }) => ({
      path,
      message: `${found}; leave it out of standing roles`,
    })),
});
