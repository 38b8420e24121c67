/** The token of a relay, from the file of `--relay-token-file`. */
import { opennessOf } from "../base/private-file.ts";
import { readFileIfAny } from "../base/read-file.ts";

const tokenBytesMax = 16_384;

/**
 * Without blanks at its ends; `undefined` where no file was named.
 * @throws Error, also for a file that others may read, that names the file and never what is in it
 */
export async function readRelayToken(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const openness = await opennessOf(path);
  if (openness !== undefined) throw new Error(`Cannot use "${path}": ${openness}`);
  const token = (await readFileIfAny(path, tokenBytesMax))?.trim();
  if (token === undefined) throw new Error(`Cannot read "${path}": it is not there`);
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error(`Cannot use "${path}": it holds no token`);
  return token;
}
