/** Headers for a collector, such as its key, from a file: one per line, `Name: value`. */
import { opennessOf } from "../../base/private-file.ts";
import { readFileIfAny } from "../../base/read-file.ts";

const fileBytesMax = 16 * 1024;
const headerCountMax = 32;
const linePattern = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}):[ \t]*([\x20-\x7e]{1,4096})$/;
/** They are set by the exporter. */
const own: ReadonlySet<string> = new Set(["content-type", "content-length", "host"]);

/**
 * Read again for every batch, so that a key can be changed while the host runs. Empty lines and those
 * that begin with # are skipped.
 * @throws Error for a file that others may read, and else naming the file and the line; never with what is in it
 */
export async function readHeaders(path: string): Promise<Record<string, string>> {
  const openness = await opennessOf(path);
  if (openness !== undefined) throw new Error(`Cannot use "${path}": ${openness}`);
  const text = await readFileIfAny(path, fileBytesMax);
  if (text === undefined) throw new Error(`Cannot read "${path}": it is not there`);
  const headers: Record<string, string> = {};
  for (const [index, line] of text.split("\n").entries()) {
    const bare = line.trim();
    if (bare === "" || bare.startsWith("#")) continue;
    const [, name, value] = linePattern.exec(bare) ?? [];
    if (name === undefined || value === undefined || own.has(name.toLowerCase())) {
      throw new Error(
        `Cannot use "${path}": line ${index + 1} is not a header of the form Name: value`,
      );
    }
    headers[name] = value;
    if (Object.keys(headers).length > headerCountMax) {
      throw new Error(`Cannot use "${path}": it has more than ${headerCountMax} headers`);
    }
  }
  return headers;
}
