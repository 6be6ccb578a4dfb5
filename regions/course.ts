import * as pulumi from "@pulumi/pulumi";
import { hint } from "#config/problems";
import { type Course, course } from "#config/region";
import { listen, outputOf, ownStack, type Peer, refuse } from "#regions/stacks";
import type { Seen } from "#regions/turn";

/** Asks all regions where the public name shall lead. Ends the program when it must stay as it is. */
export async function plotCourse(
  writer: string,
  regions: Readonly<Record<string, Peer>>,
): Promise<Course> {
  const before = await outputOf(new pulumi.StackReference(ownStack()), "course", course);
  const decided = decide(writer, await listen(regions), before);
  if ("writer" in decided) return decided;
  return refuse(decided);
}

/** Decides where the public name leads, or says why it stays as it is. */
export function decide(
  writer: string,
  regions: Readonly<Record<string, Seen>>,
  before: Course | undefined,
): Course | string[] {
  const names = Object.keys(regions);
  if (!regions[writer]) return [`there is no region ${writer}${hint(writer, names)}`];
  if (regions[writer].lost) return [`region ${writer} is lost: name another writer`];
  const heard = names.flatMap((name) => {
    const { said, lost } = regions[name] as Seen;
    return lost ? [] : [{ name, said }];
  });
  const problems = heard.flatMap(({ name, said }) => {
    if (!said) return [`region ${name} has announced nothing: bring its stack up, or call it lost`];
    return said.name === name ? [] : [`the stack of region ${name} says that it is ${said.name}`];
  });
  if (problems.length > 0) return problems;
  const all = heard.flatMap(({ said }) => said ?? []);
  const writers = all.filter(({ role }) => role === "writer");
  if (writers.length > 1) {
    const who = writers.map(({ name, epoch }) => `${name} (epoch ${epoch})`).join(" and ");
    return [`regions ${who} are writers at once: make all but one standbys, in a higher epoch`];
  }
  const latest = Math.max(...all.map(({ epoch }) => epoch), before?.epoch ?? 0);
  const [found] = writers;
  if (found?.name !== writer) {
    const now = found ? `region ${found.name} is the writer` : "no region is a writer";
    return [`region ${writer} is not the writer: ${now}`];
  }
  if (found.epoch < latest) {
    return [
      `region ${writer} is the writer of epoch ${found.epoch}, and epoch ${latest} has begun`,
    ];
  }
  return { writer, epoch: found.epoch, address: found.address };
}
