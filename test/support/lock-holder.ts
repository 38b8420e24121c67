/** A second host: locks the directory it is given, says how that went, and holds it until it is ended. */
import { stdin } from "node:process";
import { lockDirectory } from "../../src/store/directory-lock.ts";

try {
  using _lock = lockDirectory(process.argv[2] ?? "");
  process.stdout.write("locked\n");
  for await (const _chunk of stdin);
} catch (cause) {
  process.stdout.write(`${cause instanceof Error && "code" in cause ? cause.code : cause}\n`);
}
