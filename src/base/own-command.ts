/** How this program starts itself again as a process of its own, in the executable and in a checkout. */
import { basename } from "node:path";
import { fileURLToPath } from "bun";
import { isExecutable, workerUrl } from "./worker-url.ts";

/** The words before the command's name. */
export function ownCommand(): string[] {
  const program = process.execPath;
  return isExecutable() ? [program] : [program, fileURLToPath(workerUrl("main.ts"))];
}

/** What a person types to run a command of this very program, without the command's name. */
export function typedCommand(): string {
  const program = process.execPath;
  if (!isExecutable()) return "npm run onglass --";
  const name = basename(program);
  if (Bun.which(name) === program) return name;
  return shellWord(program);
}

/** A word as a shell takes it, in quotes where it needs them. */
export function shellWord(text: string): string {
  return /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
