import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { region as form, registryEnv } from "#config/region";
import { announce, takeTurn } from "#regions/stacks";

const config = new pulumi.Config();
const part = form.parse(config.requireObject("region"));
/** In the place of the registry: something made anew whenever the role changes. */
const registry = new RandomId(
  "registry",
  { byteLength: config.requireNumber("bytes"), keepers: registryEnv(part) },
  { dependsOn: takeTurn(part) },
);
export const region = announce(part, [registry]);
