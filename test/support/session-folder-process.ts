/**
 * Takes a session's folder, as a process of its own, in the folder that its environment names for
 * temporary files, and prints its path. With "crowded", another user has taken the first four places.
 */
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { sessionBase, takeSessionFolder } from "../../src/desktop/session-folder.ts";

const stranger = 12_345;

if (process.argv[2] === "crowded") {
  for (let place = 1; place <= 4; place++) {
    const path = join(sessionBase(), `onglass-session-${process.pid}-${place}`);
    mkdirSync(path);
    chownSync(path, stranger, stranger);
  }
}
process.stdout.write(takeSessionFolder({ config: "one\n", program: "two\n" }));
