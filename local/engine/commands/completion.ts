import type { Command } from "commander";
import { UserError } from "#local/engine/errors";

/** A bash completion script for all verbs and flags of `program`. */
export function completionScript(program: Command, shell: string): string {
  if (shell !== "bash") throw new UserError(`no completion for '${shell}'; there is one for bash`);
  const cases = program.commands.map((command) => {
    const words = [
      ...command.commands.map((inner) => inner.name()),
      ...[command, ...command.commands].flatMap((c) => c.options.map((o) => o.long ?? "")),
    ];
    return `    ${command.name()}) words="${[...new Set(words)].join(" ")}" ;;`;
  });
  const verbs = program.commands.map((command) => command.name()).join(" ");
  const name = program.name();
  return `_${name}() {
  local words="${verbs}"
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${verbs}"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _${name} ${name}
`;
}
