/** What the excess of bad frames is charged to. */
import type { CauseCode } from "../model/verdict.ts";
import type { PartName } from "./parts.ts";

/** Either a cause, or the question that leaves it undecided. */
export type Charge =
  | { readonly code: CauseCode }
  | { readonly between: readonly CauseCode[]; readonly lacking: string };

export type Charged = {
  readonly row: number;
  readonly part: PartName;
  readonly excessUs: number;
  readonly charge: Charge;
};
