import { ComponentResource, Config, type Input, Output, secret } from "@pulumi/pulumi";
import { RandomId, RandomPassword } from "@pulumi/random";

const length = new Config().requireNumber("length");
class App extends ComponentResource {
  constructor(name: string, args: { password: Input<string>; replicas: number }) {
    super("basic:index:App", name, args);
    new RandomId(`${name}-id`, { byteLength: 4 }, { parent: this });
    this.registerOutputs({ replicas: args.replicas });
  }
}
const password = new RandomPassword("password", { length, special: false });
new App("app", { password: password.result, replicas: 1 });
export const generated: Output<string> = password.result;
export const replicas = 1;
export const inner = { a: 1, list: [true, null, "s"], secret: secret("hush-hush") };
