/** The operator's bearer token: made at the first start, read ever after. Never logged. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { Failure } from "../base/failure.ts";
import { readFileIfAny } from "../base/read-file.ts";

const tokenBytes = 32;
const tokenPattern = /^[\x21-\x7e]{16,512}$/;
/** The format of a token, for messages. */
export const tokenForm = "it takes 16 to 512 printable characters on one line, without blanks";

/** The token in `<directory>/token` (0600), created if missing. */
export async function loadToken(directory: string): Promise<string> {
  const path = join(directory, "token");
  const text = (await readFileIfAny(path))?.trim();
  if (text === undefined) return makeToken(path);
  if (isTokenText(text)) return text;
  throw new Failure(
    "token_damaged",
    `Cannot use the token in "${path}": it is not 16 to 512 printable characters; remove the file to have a new one made`,
  );
}

/** Whether a host would accept it as its token; surrounding white space is not part of it. */
export function isTokenText(text: string): boolean {
  return tokenPattern.test(text.trim());
}

async function makeToken(path: string): Promise<string> {
  const token = randomBytes(tokenBytes).toString("base64url");
  await writeFileAtomic(path, `${token}\n`);
  return token;
}
