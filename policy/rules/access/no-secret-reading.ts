import { named, roleRule } from "#model/access";
import { everyGrant, withoutPower } from "#model/admission";
import { list } from "#model/kubernetes";

const reading = { group: "", resources: ["secrets"], verbs: ["get", "list", "watch"] };

export const noSecretReading = roleRule({
  id: "A3",
  name: "no-secret-reading",
  title: "No role reads secrets through the API.",
  level: "mandatory",
  severity: "high",
  why: "One taken-over pod or person then has every credential of the namespace, or of the cluster.",
  fix: "Mount the one Secret that a pod needs as a file, and leave secrets out of the role.",
  settings: {
    allowNamed: {
      type: "boolean",
      default: false,
      description: "Let a role read the secrets that it lists in resourceNames.",
    },
  },
  admission: ({ allowNamed }) => [
    everyGrant(
      `${allowNamed === true} && g.?resourceNames.orValue([]).size() > 0 || ${withoutPower(reading)}`,
    ),
  ],
  grant: (grant, path, { settings }) => {
    if (settings.allowNamed === true && list(grant.resourceNames).length > 0) return [];
    return named(grant, reading, path).map(({ path, found }) => ({
      path,
      message: `${found}; leave it out, and mount the Secret that is needed as a file`,
    }));
  },
});
