/** What stands behind a command, against the table of commands: every subcommand, word and flag. */
import { expect, test } from "bun:test";
import { readCommandLine } from "../../src/base/command-line.ts";
import { type CommandFacts, type CommandName, commands } from "../../src/cli/commands.ts";
import { subcommand } from "../../src/cli/subcommand.ts";

type Row = {
  readonly command: CommandName;
  readonly name: string;
  /** Words that may follow it. */
  readonly most: number;
};

const all: readonly (readonly [string, CommandFacts])[] = Object.entries(commands);
const rows: readonly Row[] = all.flatMap(([command, { subcommands = {} }]) =>
  Object.entries(subcommands).map(([name, most]) => ({
    // A key of the table.
    command: command as CommandName,
    ...{ name, most },
  })),
);

function call(row: Row, ...rest: string[]) {
  const facts: CommandFacts = commands[row.command];
  const actions = Object.fromEntries(
    Object.keys(facts.subcommands ?? {}).map((name) => [name, name]),
  );
  const called = readCommandLine([row.name, ...rest], facts.flags);
  return subcommand(row.command, called, actions).action;
}

/** What the help says of it: the lines that begin with it. */
function usageOf({ command, name }: Row): string[] {
  const pattern = new RegExp(`^onglass ${command} (\\S*\\|)?${name}(\\|\\S*)?( |$)`);
  return commands[command].usage.filter((line) => pattern.test(line));
}

test.each(rows)("$command $name takes as many words as its help has", (row) => {
  const lines = usageOf(row);
  const [first = ""] = lines;
  expect(lines).toHaveLength(1);
  const behind = first.split(" ").slice(3).join(" ");
  // In brackets may stand a word that can be left out; a flag stands there with its value.
  const words =
    behind.replaceAll(/\[-[^\]]*\]|--\S+( [A-Z|]+)?|\[RANGE\]/g, "").match(/[^\s\]]+/g) ?? [];
  const most = words.some((word) => word.includes("...")) ? Number.POSITIVE_INFINITY : words.length;
  // A text may be given as several words.
  const isText = ["rename", "note"].includes(row.name);
  expect(row.most).toBe(isText ? Number.POSITIVE_INFINITY : most);
});

test.each(rows)("$command $name refuses one word more than it takes", (row) => {
  const count = Math.min(row.most, 3);
  const words = Array.from({ length: count }, (_, index) => `w${index}`);
  expect(call(row, ...words)).toBe(row.name);
  if (row.most === Number.POSITIVE_INFINITY) return;
  expect(() => call(row, ...words, "more")).toThrow('Unexpected argument "more"');
});

test.each(rows)("$command $name refuses the flags of its neighbours", (row) => {
  const { flags }: CommandFacts = commands[row.command];
  for (const [flag, { takes, goesWith }] of Object.entries(flags)) {
    const args = takes === undefined ? [`--${flag}`] : [`--${flag}`, "1"];
    if (goesWith?.includes(row.name) === false) {
      expect(() => call(row, ...args)).toThrow(`--${flag} goes with ${goesWith.join(", ")}`);
    } else expect(call(row, ...args)).toBe(row.name);
  }
});

test("a flag that the help gives to a subcommand is refused by the others", () => {
  for (const [command, { flags, subcommands = {} }] of all) {
    for (const [flag, { about, goesWith = [] }] of Object.entries(flags)) {
      const named = about.split(":", 1)[0] ?? "";
      const isOfOne = about.includes(":") && named.split(", ").some((word) => word in subcommands);
      if (isOfOne) expect([command, flag, goesWith.length]).not.toEqual([command, flag, 0]);
      for (const word of goesWith) expect(Object.keys(subcommands)).toContain(word);
    }
  }
});

test.each(all.filter(([, { subcommands }]) => subcommands !== undefined))(
  "%s alone is refused with what there is",
  (command, { subcommands = {} }) => {
    const called = { words: [], given: new Set<string>() };
    const names = Object.keys(subcommands).join(", ");
    expect(() => subcommand(command as CommandName, called, {})).toThrow(
      `Missing subcommand: ${names}`,
    );
  },
);
