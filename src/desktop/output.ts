/** A screen of a desktop, as shown in its settings. */

/** Its name, such as `DP-1`, and its size in pixels; 0 where that is not known. */
export type DesktopOutput = {
  readonly name: string;
  readonly width: number;
  readonly height: number;
};

/** The requested one, the first without a name. Throws with the list of existing ones. */
export function findOutput(name: string, outputs: readonly DesktopOutput[]): DesktopOutput {
  const found = outputs.find((output) => name === "" || output.name === name);
  if (found !== undefined) return found;
  if (outputs.length === 0) throw new Error("it has no output");
  const known = outputs.map((output) => output.name).join(", ");
  throw new Error(`it has no output "${name}", only ${known}`);
}
