/** How this program starts itself again as a process of its own, in the executable and in a checkout. */
import { fileURLToPath } from "bun";
import { isExecutable, workerUrl } from "./worker-url.ts";

/** The words before the command's name. */
export function ownCommand(): string[] {
  const program = process.execPath;
  return isExecutable() ? [program] : [program, fileURLToPath(workerUrl("main.ts"))];
}
