/** `onglass licences`: the notices of everything that is in the executable. */
import notices from "../generated/notices.txt" with { type: "text" };
import { exitOk, type Terminal } from "./output.ts";

/** Prints some thousand lines; made from the packages that are really bundled. */
export function runLicences(terminal: Terminal): number {
  terminal.write(notices);
  return exitOk;
}
