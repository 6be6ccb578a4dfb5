import { flushCompileCache } from "node:module";
import { PolicyPack } from "@pulumi/policy";
import { pack } from "#pack";

const { name, ...args } = pack;
new PolicyPack(name, args);

// Where the engine gives this host a compile cache, keep it: the host never exits by itself.
setImmediate(flushCompileCache);
