import * as pulumi from "@pulumi/pulumi";

const other = new pulumi.StackReference(new pulumi.Config().require("from"));
export const inner = other.getOutput("inner");
export const generated = other.getOutput("generated");
export const replicas = other.getOutput("replicas");
export const missing = other.getOutput("nothing").apply((value) => value ?? "no such output");
