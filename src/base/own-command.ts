/** How this program starts itself again as a process of its own, in the executable and in a checkout. */
import { basename } from "node:path";
import { fileURLToPath } from "bun";
import { isExecutable, workerUrl } from "./worker-url.ts";

/** The words before the command's name. */
export function ownCommand(): string[] {
  const program = process.execPath;
  return isExecutable() ? [program] : [program, fileURLToPath(workerUrl("main.ts"))];
}

/** How long a process of our own may take, how much it may print, and how it may end. */
export type ProcessLimits = {
  readonly deadlineMs: number;
  readonly answerBytesMax: number;
  /** 0 alone if left out. */
  readonly exitCodes?: readonly number[];
};

/**
 * What a command of this program prints as JSON, asked of a process of its own: what crashes or hangs
 * there costs its deadline, and nothing here.
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
