import type { Command } from "commander";

/** The words that may follow each command: flags, and the rules' names where one is wanted. */
function wordsOf(program: Command, arguments_: Record<string, readonly string[]>) {
  return program.commands.map((command) => ({
    name: command.name(),
    what: command.description(),
    words: [
      ...command.options.map(({ long }) => long ?? ""),
      "--help",
      ...(arguments_[command.name()] ?? []),
    ],
  }));
}

const shells = {
  bash: (commands: ReturnType<typeof wordsOf>) => `_policy() {
  local words="${commands.map(({ name }) => name).join(" ")}"
  case "\${COMP_WORDS[1]}" in
${commands.map(({ name, words }) => `    ${name}) words="${words.join(" ")}" ;;`).join("\n")}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${commands.map(({ name }) => name).join(" ")}"
  COMPREPLY=($(compgen -f -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _policy policy
`,
  zsh: (commands: ReturnType<typeof wordsOf>) =>
    `autoload -U +X bashcompinit && bashcompinit\n${shells.bash(commands)}`,
  fish: (commands: ReturnType<typeof wordsOf>) =>
    commands
      .flatMap(({ name, what, words }) => [
        `complete -c policy -n __fish_use_subcommand -a ${name} -d "${what}"`,
        `complete -c policy -n "__fish_seen_subcommand_from ${name}" -a "${words.join(" ")}"`,
      ])
      .join("\n")
      .concat("\n"),
};

export const shellNames = Object.keys(shells);

/** A script that completes the commands, for an alias `policy` of `npm run -s policy --`. */
export function completionScript(
  program: Command,
  shell: string,
  arguments_: Record<string, readonly string[]>,
): string {
  return shells[shell as keyof typeof shells](wordsOf(program, arguments_));
}
