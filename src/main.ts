/** The executable: finds the command, and turns a failure into a message and an exit code. */
import { Failure } from "./base/failure.ts";
import { logFormVariable } from "./base/log.ts";
import { version } from "./base/version.ts";
import { helpText } from "./cli/help.ts";
import {
  exitFailed,
  exitOk,
  exitUsage,
  printLines,
  processTerminal,
  type Terminal,
} from "./cli/output.ts";
import { defaultDataDirectory, readConfig } from "./config.ts";

type Command = (args: readonly string[], terminal: Terminal) => Promise<number> | number;

/** Each loads its own code: a player needs none of the host's, and the other way round. */
const commands: Readonly<Record<string, Command>> = {
  serve: async (args, terminal) => {
    const config = readConfig(args, terminal.env);
    // Before the first line, and before any worker: all of them write in one form.
    if (config.logForm !== undefined) process.env[logFormVariable] = config.logForm;
    const { startHost } = await import("./host/host.ts");
    const { runServe } = await import("./cli/serve.ts");
    return await runServe(config, terminal, startHost);
  },
  play: async (args, terminal) => {
    const { runPlay } = await import("./cli/play.ts");
    return await runPlay(args, terminal);
  },
  pair: async (args, terminal) => {
    const { runPair } = await import("./cli/pair.ts");
    return await runPair(args, terminal);
  },
  captures: async (args, terminal) => {
    const { openCaptureStore } = await import("./store/capture-store.ts");
    const { runCaptures } = await import("./cli/captures.ts");
    return await runCaptures(args, terminal, (directory) =>
      openCaptureStore(directory ?? defaultDataDirectory(terminal.env)),
    );
  },
  timeline: async (args, terminal) => {
    const { runTimeline } = await import("./cli/timeline.ts");
    return await runTimeline(args, terminal);
  },
  encoders: async (args, terminal) => {
    const { runEncoders } = await import("./cli/encoders.ts");
    return await runEncoders(args, terminal);
  },
  openapi: async (_args, terminal) => {
    const { openApiText } = await import("./api/describe/document.ts");
    terminal.write(await openApiText());
    return exitOk;
  },
  version: (args, terminal) => {
    terminal.print(args.includes("--json") ? JSON.stringify({ version }) : version);
    return exitOk;
  },
};

/** Commands that read `--help` themselves, since they have their own text. */
async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first = "", ...rest] = args;
  if (first === "--version") return await run(["version", ...rest], terminal);
  const isCommand = first !== "" && !first.startsWith("-");
  const name = isCommand ? first : "serve";
  const given = isCommand ? rest : args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new Failure("usage", `Cannot run "${name}": \`onglass --help\` lists the commands`);
  }
  const wantsHelp = given.includes("--help") || given.includes("-h");
  if (!wantsHelp) return await command(given, terminal);
  printLines(terminal, helpText(isCommand ? name : ""));
  return exitOk;
}

function sayFailure(error: unknown, terminal: Terminal): number {
  const isUsage = error instanceof Failure && error.code === "usage";
  terminal.say(`onglass: ${messageOf(error)}`);
  if (isUsage) terminal.say("Try `onglass --help`");
  return isUsage ? exitUsage : exitFailed;
}

/** The message and what was behind it, without a stack: that is for bugs, which the log has. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" && !error.message.includes(cause.message)
    ? `${error.message}: ${cause.message}`
    : error.message;
}

async function main(terminal: Terminal): Promise<number> {
  try {
    return await run(process.argv.slice(2), terminal);
  } catch (error) {
    return sayFailure(error, terminal);
  }
}

/** Time for last words over sockets and pipes; nothing that hangs keeps the process for longer. */
const lingerMs = 1000;

const code = await main(processTerminal());
process.exitCode = code;
setTimeout(() => process.exit(code), lingerMs).unref();
