/** Starting other programs: quietly for the set-up, with everything passed through for a command. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** How long a Ctrl-C in the terminal may take to end the command before it is forwarded. */
const interruptGraceMs = 5000;

/** Informs the person, never the program behind a pipe. */
export function say(text) {
  process.stderr.write(`onglass: ${text}\n`);
}

/** Runs a step of the set-up with its output on stderr; throws when it fails. */
export async function runStep(program, args, options = {}) {
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
  const code = await exitOf(child, program);
  if (code !== 0) throw new Error(`"${program} ${args.join(" ")}" failed with exit code ${code}`);
}

/**
 * Runs one of our scripts with this process's input, output, arguments and signals, in the folder
 * the person called npm from. What bun would read from that folder by itself stays unread.
 * Answers the exit code, 128 and the signal's number after a signal.
 */
export async function runScript(bun, script, args) {
  const own = ["--no-env-file", `--config=${join(root, "bunfig.toml")}`, join(root, script)];
  const child = spawn(bun, [...own, ...args], { cwd: callerFolder(), stdio: "inherit" });
  const stopForwarding = forwardSignals(child);
  try {
    return await exitOf(child, bun);
  } finally {
    stopForwarding();
  }
}

export function exitOf(child, program) {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(new Error(`Cannot start "${program}"`, { cause })));
    child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** npm changes to the package's own folder; INIT_CWD is where it was called. */
function callerFolder() {
  return process.env.INIT_CWD || process.cwd();
}

/**
 * A Ctrl-C in a terminal reaches the command without us, and twice would mean "hurry": there it is
 * only passed on when the command does not end by itself. Without a terminal it is passed on at once.
 */
function forwardSignals(child) {
  let timer;
  const pass = (signal) => child.kill(signal);
  const interrupt = () => {
    if (!hasTerminal()) pass("SIGINT");
    else timer ??= setTimeout(pass, interruptGraceMs, "SIGINT");
  };
  process.on("SIGINT", interrupt).on("SIGTERM", pass).on("SIGHUP", pass);
  return () => {
    clearTimeout(timer);
    process.off("SIGINT", interrupt).off("SIGTERM", pass).off("SIGHUP", pass);
  };
}

function hasTerminal() {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
