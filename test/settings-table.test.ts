/** What follows from the table of settings: the table in docs/settings.md, the help, and what is refused. */
import { expect, test } from "bun:test";
import { commands } from "../src/cli/commands.ts";
import { helpText } from "../src/cli/help.ts";
import { type Setting, settings } from "../src/settings-table.ts";

const all: readonly Setting<unknown>[] = Object.values(settings);

/** A row as it stands in docs/settings.md, without the blanks that line the columns up. */
function documentedRow({
  flag,
  opposite,
  isRepeatable,
  variable,
  standard,
  also,
  about,
  takes,
}: Setting<unknown>) {
  const names = [flag, opposite]
    .filter((name) => name !== undefined)
    .map((name) => `\`--${name}\``);
  const given = names.length === 0 ? "–" : names.join(", ") + (isRepeatable ? " (repeatable)" : "");
  const isOff = takes === undefined && opposite === undefined && flag !== undefined;
  const named = isOff
    ? `\`${variable}=1\``
    : `\`${variable}\`${isRepeatable ? " (with commas)" : ""}`;
  const more = also === undefined ? "" : `; also \`${also}\``;
  return `| ${about} | ${given} | ${named} | ${code(standard)}${more} |`;
}

/** Values as code, words as words. */
function code(text: string): string {
  return /[<$]|^(?!none$|off$)[\w.:]+$/.test(text) ? `\`${text}\`` : text;
}

test("the table in docs/settings.md has every setting, in the words of the table", async () => {
  const document = await Bun.file("docs/settings.md").text();
  const lines = document.split("\n").map((line) => line.replaceAll(/ +/g, " "));
  const start = lines.indexOf("| setting | flag | environment | default |");
  expect(lines.slice(start + 2, start + 2 + all.length)).toEqual(all.map(documentedRow));
  expect(lines[start + 2 + all.length]).toBe("");
});

test("the help of serve names the flag, the variable and the default of every setting", () => {
  const text = helpText("serve");
  for (const { flag, variable, standard, about } of all) {
    for (const part of [
      flag === undefined ? "(no flag)" : `--${flag}`,
      variable,
      standard,
      about,
    ]) {
      expect(text).toContain(part);
    }
  }
});

test("the help of a command names every flag with its default", () => {
  expect(helpText("play")).toMatch(/--width N +width \(default 1280\)/);
  for (const [name, { flags }] of Object.entries(commands)) {
    for (const flag of Object.keys(flags)) expect(helpText(name)).toContain(`--${flag}`);
  }
});

test("no line of a help is wider than a terminal of 100 columns", () => {
  const wide = ["", ...Object.keys(commands)].flatMap((name) =>
    helpText(name)
      .split("\n")
      .filter((line) => line.length > 100),
  );
  expect(wide).toEqual([]);
});

test("a flag and a variable belong to one setting alone", () => {
  const flags = all.flatMap(({ flag, opposite }) => [flag, opposite]).filter(Boolean);
  expect(new Set(flags).size).toBe(flags.length);
  expect(new Set(all.map(({ variable }) => variable)).size).toBe(all.length);
});

test("what is secret is repeated in no refusal", () => {
  for (const setting of all.filter(({ isSecret }) => isSecret === true)) {
    const secret = "not good";
    expect(() => setting.read(secret, setting.variable)).toThrow("Cannot use");
    expect(() => setting.read(secret, setting.variable)).not.toThrow(secret);
  }
});
