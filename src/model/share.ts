/** A capture as a file for somebody without onglass, and what is replaced in it. */
import { type Static, Type } from "@sinclair/typebox";
import type { Capture } from "./capture.ts";
import type { MarkLine } from "./marks.ts";
import type { SettingChange } from "./verdict.ts";

export const replacedKinds = ["player", "host", "user", "address", "path", "secret"] as const;
/** What a placeholder stands for. */
export type ReplacedKind = (typeof replacedKinds)[number];

export const Replaced = Type.Object(
  {
    kind: Type.Union(replacedKinds.map((kind) => Type.Literal(kind))),
    placeholder: Type.String({ description: "What replaces it, the same throughout the file" }),
    value: Type.Optional(
      Type.String({ description: "The original, at most 128 characters; absent for a secret" }),
    ),
    count: Type.Integer({ minimum: 1, description: "How often it was replaced" }),
  },
  { $id: "Replaced", description: "A name, address, path or secret that is not shared" },
);
/** The replacements, for the person who shares. */
export type Replaced = Static<typeof Replaced>;

export const ShareList = Type.Object(
  { replaced: Type.Array(Replaced, { description: "By kind, in order of appearance" }) },
  { $id: "ShareList", description: "What a shared file would not contain" },
);

export const shareFormats = ["html", "zip"] as const;

/** The data of the file's script. */
export type SharedData = {
  readonly capture: Capture;
  readonly marks: readonly MarkLine[];
  readonly preset: string | undefined;
  /** Settings that were changed meanwhile. */
  readonly changes: readonly SettingChange[];
  readonly hasRows: boolean;
};
