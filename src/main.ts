/** The executable: finds the command, and turns a failure into a message and an exit code. */
import { readCommandLine, usage } from "./base/command-line.ts";
import { plainReason } from "./base/error-text.ts";
import { Failure } from "./base/failure.ts";
import { journalMarks } from "./base/journal.ts";
import { logFormVariable } from "./base/log.ts";
import { reachDirectly } from "./base/proxy.ts";
import { exitAfter } from "./base/timer.ts";
import { version } from "./base/version.ts";
import { type CommandName, commands as facts } from "./cli/commands.ts";
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

/** Each loads its own code: a player needs none of the host's, and vice versa. */
const commands: Readonly<Record<CommandName, Command>> = {
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
  history: async (args, terminal) => {
    const { runHistory } = await import("./cli/history.ts");
    return await runHistory(args, terminal);
  },
  captures: async (args, terminal) => {
    const { openCaptureStore } = await import("./store/capture-store.ts");
    const { runCaptures } = await import("./cli/captures.ts");
    return await runCaptures(args, terminal, (directory) =>
      openCaptureStore(directory ?? defaultDataDirectory(terminal.env)),
    );
  },
  why: async (args, terminal) => {
    const { runWhy } = await import("./cli/why.ts");
    return await runWhy(args, terminal);
  },
  experiment: async (args, terminal) => {
    const { runExperiment } = await import("./cli/experiment.ts");
    return await runExperiment(args, terminal);
  },
  timeline: async (args, terminal) => {
    const { runTimeline } = await import("./cli/timeline.ts");
    return await runTimeline(args, terminal);
  },
  token: async (args, terminal) => {
    const { runToken } = await import("./cli/token.ts");
    return await runToken(args, terminal);
  },
  status: async (args, terminal) => {
    const { runStatus } = await import("./cli/status.ts");
    return await runStatus(args, terminal);
  },
  sessions: async (args, terminal) => {
    const { runSessions } = await import("./cli/status.ts");
    return await runSessions(args, terminal);
  },
  settings: async (args, terminal) => {
    const { runSettings } = await import("./cli/settings.ts");
    return await runSettings(args, terminal);
  },
  capture: async (args, terminal) => {
    const { runCapture } = await import("./cli/capture.ts");
    return await runCapture(args, terminal);
  },
  archive: async (args, terminal) => {
    const { runArchive } = await import("./cli/archive.ts");
    return await runArchive(args, terminal);
  },
  logs: async (args, terminal) => {
    const { runLogs } = await import("./cli/logs.ts");
    return await runLogs(args, terminal);
  },
  link: async (args, terminal) => {
    const { runLink } = await import("./cli/link.ts");
    return await runLink(args, terminal);
  },
  sources: async (args, terminal) => {
    const { runSources } = await import("./cli/sources.ts");
    return await runSources(args, terminal);
  },
  "probe-window": async (args, terminal) => {
    const { runProbeWindow } = await import("./cli/probe-window.ts");
    return await runProbeWindow(args, terminal);
  },
  doctor: async (args, terminal) => {
    const { runDoctor } = await import("./cli/doctor.ts");
    return await runDoctor(args, terminal);
  },
  encoders: async (args, terminal) => {
    const { runEncoders } = await import("./cli/encoders.ts");
    return await runEncoders(args, terminal);
  },
  "upgrade-check": async (args, terminal) => {
    const { runUpgradeCheck } = await import("./cli/upgrade-check.ts");
    return await runUpgradeCheck(args, terminal);
  },
  openapi: async (args, terminal) => {
    checkWords(readCommandLine(args, facts.openapi.flags).words);
    const { openApiText } = await import("./api/describe/document.ts");
    terminal.write(await openApiText());
    return exitOk;
  },
  completion: async (args, terminal) => {
    const { runCompletion } = await import("./cli/completion.ts");
    return runCompletion(args, terminal);
  },
  man: async (args, terminal) => {
    const { runMan } = await import("./cli/man.ts");
    return runMan(args, terminal);
  },
  licences: async (args, terminal) => {
    checkWords(readCommandLine(args, facts.licences.flags).words);
    const { runLicences } = await import("./cli/licences.ts");
    return runLicences(terminal);
  },
  help: (args, terminal) => {
    const [word = "", ...more] = readCommandLine(args, facts.help.flags).words;
    checkWords(more);
    if (word !== "" && !isCommand(word)) throw usage(`Unknown command "${word}"`);
    printLines(terminal, helpText(word));
    return exitOk;
  },
  version: (args, terminal) => {
    const { values, words } = readCommandLine(args, facts.version.flags);
    checkWords(words);
    terminal.print(values.json ? JSON.stringify({ version }) : version);
    return exitOk;
  },
};

/** @throws Failure `usage` for a command that takes no words */
function checkWords([word]: readonly string[]): void {
  if (word !== undefined) throw usage(`Unexpected argument "${word}"`);
}

/** The command and its arguments; `serve` without a name is distinguished, for the help. */
function commandOf(args: readonly string[]) {
  const [first = "", ...rest] = args;
  if (first === "--version") return { name: "version", isNamed: true, given: rest };
  if (first === "" || first.startsWith("-")) return { name: "serve", isNamed: false, given: args };
  return { name: first, isNamed: true, given: rest };
}

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { name, isNamed, given } = commandOf(args);
  if (!isCommand(name)) throw usage(`Unknown command "${name}"`);
  const wantsHelp = given.includes("--help") || given.includes("-h");
  if (!wantsHelp) return await commands[name](given, terminal);
  printLines(terminal, helpText(isNamed ? name : ""));
  return exitOk;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

function reportFailure(error: unknown, args: readonly string[], terminal: Terminal): number {
  const isUsage = error instanceof Failure && error.code === "usage";
  const mark = journalMarks(terminal.env.JOURNAL_STREAM)("error");
  terminal.say(`${mark}onglass: ${messageOf(error)}`);
  if (isUsage) {
    const { name, isNamed } = commandOf(args);
    terminal.say(`Try \`onglass ${isNamed && isCommand(name) ? `${name} ` : ""}--help\``);
  }
  return isUsage ? exitUsage : exitFailed;
}

/** The message and its causes, without a stack: that is for bugs, which are in the log. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = error.cause instanceof Error ? plainReason(error.cause.message) : "";
  return error.message.includes(reason) ? error.message : `${error.message}: ${reason}`;
}

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await run(args, terminal);
  } catch (error) {
    return reportFailure(error, args, terminal);
  }
}

/** Time for the last bytes over sockets and pipes; nothing that hangs delays the process longer. */
const lingerMs = 1000;

// Before any request: tokens for this machine must not reach a proxy.
reachDirectly();
const code = await main(process.argv.slice(2), processTerminal());
process.exitCode = code;
exitAfter(lingerMs, code);
