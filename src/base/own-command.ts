/** How this program starts itself as a separate process, in the executable and in a checkout. */
import { basename } from "node:path";
import { fileURLToPath } from "bun";
import { isExecutable, workerUrl } from "./worker-url.ts";

/** The words before the command's name. */
export function ownCommand(): string[] {
  const program = process.execPath;
  return isExecutable() ? [program] : [program, fileURLToPath(workerUrl("main.ts"))];
}

/** How long a process of our own may run, how much it may print, and how it may exit. */
export type ProcessLimits = {
  readonly deadlineMs: number;
  readonly answerBytesMax: number;
  /** 0 alone if left out. */
  readonly exitCodes?: readonly number[];
};

/**
 * The JSON that a command of this program prints, run in a separate process: a crash or hang there
 * costs only its deadline.
 * @throws Error saying how the process ended; the caller checks the answer's shape
 */
export async function askOwnProcess(
  words: readonly string[],
  {
    deadlineMs,
    answerBytesMax,
    exitCodes = [0],
    signal,
  }: ProcessLimits & { readonly signal: AbortSignal },
): Promise<unknown> {
  const child = Bun.spawn([...ownCommand(), ...words], {
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: answerBytesMax,
    timeout: deadlineMs,
    killSignal: "SIGKILL",
    signal,
  });
  const [code, text] = await Promise.all([child.exited, child.stdout.text()]);
  if (!exitCodes.includes(code))
    throw new Error(`its process ended with ${child.signalCode ?? `code ${code}`}`);
  return JSON.parse(text);
}

/** What a person types to run a command of this program, without the command's name. */
export function typedCommand(): string {
  const program = process.execPath;
  if (!isExecutable()) return "npm run onglass --";
  const name = basename(program);
  if (Bun.which(name) === program) return name;
  return shellWord(program);
}

/** A word as a shell reads it, quoted if necessary. */
export function shellWord(text: string): string {
  return /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
