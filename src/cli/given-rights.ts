/** What `onglass link` and `onglass token` share: rights that the host has given out, listed and revoked. */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { oneWord, refuseWords, usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { askFor, tellHost } from "./host-call.ts";
import type { HostTarget } from "./host-target.ts";
import { printTable, type Terminal } from "./output.ts";

/** One run of such a command: `words` are behind the subcommand. */
export type RightsRun<Values extends { readonly json: boolean }> = {
  readonly host: HostTarget;
  readonly terminal: Terminal;
  readonly words: readonly string[];
  readonly values: Values;
};

type Named = { readonly id: string; readonly name: string };

/** One kind of right: its word, its shape in the API, and its columns. */
export type RightKind<Shape extends TSchema> = {
  readonly word: "link" | "token";
  readonly shape: Shape;
  readonly heading: readonly string[];
  rowOf(right: Static<Shape>): readonly string[];
};

type AnyRun = RightsRun<{ readonly json: boolean }>;

/** The subcommands `list` and `revoke` of such a command. */
export function rightsActions<Right extends Named>(kind: RightKind<TSchema & { static: Right }>) {
  return {
    list: (run: AnyRun) => listRights(run, kind),
    revoke: (run: AnyRun) => revokeRight(run, kind),
  };
}

/** Prints all of them, as a table or as JSON. */
async function listRights<Shape extends TSchema>(
  { host, terminal, words, values }: AnyRun,
  kind: RightKind<Shape>,
): Promise<void> {
  refuseWords(words);
  const rights = await listed(host, kind);
  if (values.json) terminal.print(JSON.stringify(rights));
  else printTable(terminal, [kind.heading, ...rights.map(kind.rowOf)]);
}

/** By id, or by name where that is the only one. @throws Failure `usage`, `not_found` */
async function revokeRight<Right extends Named>(
  { host, terminal, words, values }: AnyRun,
  kind: RightKind<TSchema & { static: Right }>,
): Promise<void> {
  const { word } = kind;
  const wanted = oneWord(words, "NAME or ID");
  const found = (await listed(host, kind)).filter(
    ({ id, name }) => id === wanted || name === wanted,
  );
  const [right, ...others] = found;
  if (right === undefined) throw new Failure("not_found", `There is no ${word} "${wanted}"`);
  if (others.length > 0) {
    throw usage(`${found.length} ${word}s are named "${wanted}"; give the id of one`);
  }
  const path = `/${word}s/${encodeURIComponent(right.id)}`;
  await tellHost(host, { method: "DELETE", path, what: `revoke the ${word}` });
  if (values.json) terminal.print(JSON.stringify({ revoked: right.id }));
  else terminal.say(`Revoked ${word} "${right.name === "" ? right.id : right.name}"`);
}

function listed<Shape extends TSchema>(
  host: HostTarget,
  { word, shape }: RightKind<Shape>,
): Promise<Static<Shape>[]> {
  const call = { method: "GET", path: `/${word}s`, what: `list the ${word}s` } as const;
  return askFor(host, { ...call, shape: Type.Array(shape) });
}
