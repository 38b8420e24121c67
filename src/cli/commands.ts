/**
 * Every command of the executable, a row each: how it is called, what it does, and its flags. The
 * help and the reading of its command line follow from it.
 */
import type { Flags } from "../base/command-line.ts";
import { serveFlags } from "../config.ts";
import {
  archiveFlags,
  captureFlags,
  capturesFlags,
  completionFlags,
  doctorFlags,
  encodersFlags,
  experimentFlags,
  historyFlags,
  linkFlags,
  logsFlags,
  pairFlags,
  playFlags,
  probeWindowFlags,
  sessionsFlags,
  settingsFlags,
  sourcesFlags,
  statusFlags,
  timelineFlags,
  tokenFlags,
  upgradeCheckFlags,
  versionFlags,
  whyFlags,
} from "./flags.ts";

/** What the help and the reader of a command line know of a command. */
export type CommandFacts = {
  /** For the list of commands. */
  readonly summary: string;
  /** Behind "Usage: ", a line each. */
  readonly usage: readonly string[];
  readonly text: string;
  /** What the first word may be, for a command that has further ones, and how many may follow it. */
  readonly subcommands?: Readonly<Record<string, number>>;
  /** What words behind a subcommand are, by its name, for shells; behind the command itself under "". */
  readonly words?: Readonly<Record<string, WordKind>>;
  readonly flags: Flags;
};

/** What shells can offer for a word: saved captures, also for the first word alone; files; settings, also with values. */
export type WordKind = "captures" | "first-capture" | "file" | "setting" | "change" | "command";

const anyCount = Number.POSITIVE_INFINITY;

/** Every command by its name. */
export const commands = {
  serve: {
    summary: "run the host (the default)",
    usage: ["onglass serve [FLAGS]"],
    text: `Runs the host: console, API and everything that players connect to. Ctrl-C or SIGTERM stops it; a
running capture is saved first.`,
    flags: serveFlags,
  },
  play: {
    summary: "play a stream from a host",
    usage: ["onglass play HOST[:PORT] [FLAGS]"],
    text: `Plays a stream from a host; the default port is 7781. Stops after --seconds, on Ctrl-C, or when the
host ends the session or stays away (exit 1). No pairing is needed with the host's own data
directory.`,
    flags: playFlags,
  },
  captures: {
    summary: "list, show, compare, name, keep, delete or export saved captures",
    usage: [
      "onglass captures list [--json]",
      "onglass captures show ID [--samples] [--json]",
      "onglass captures delete ID... [--json]",
      "onglass captures export ID [--format json|csv|parquet|pftrace] [--out FILE] [RANGE]",
      "onglass captures frames ID [--format csv|json|parquet|pftrace] [--out FILE] [RANGE]",
      "onglass captures keep [--last 30s | --session ID [--from TIME] [--to TIME]] [--json]",
      "onglass captures compare A [B] [--json] [--force]",
      "onglass captures share ID [-o FILE] [--zip] [--language en|de] [--json]",
      "onglass captures import FILE [--json]",
      "onglass captures pull|push ID... --host URL|NAME [--json]",
      "onglass captures rename ID [NAME] [--remove]",
      "onglass captures note ID [TEXT] [--remove]",
      "onglass captures label ID LABEL... [--remove]",
      "onglass captures baseline [ID] [--remove]",
    ],
    text: `Works on the files in the data directory, with or without a running host; with --host, on that
host's captures. "frames" has one row per frame slot; a pftrace file opens in ui.perfetto.dev.
RANGE is any of --from 1:30 --to 2m --session 1.
"keep" asks the running host to save the past as a capture. Names, notes, labels and the baseline
are stored beside the captures.
"compare" shows what differs from A to B, or from the baseline to A. Exit code 0: no difference
found, 3: a difference, 4: undecided. ID@10-40 is a range in seconds, ID:2 a session.
"pull" copies captures with rows and timeline from --host to here, "push" from here to there;
existing ones are left alone. "share" with --host: that host replaces its own names and secrets.
"import" reads timings of MangoHud, PresentMon, CapFrameX and WiVRn.`,
    subcommands: {
      ...{ list: 0, show: 1, delete: anyCount, export: 1, frames: 1, keep: 0, share: 1, import: 1 },
      ...{ compare: 2, rename: anyCount, note: anyCount, label: anyCount, baseline: 1 },
      ...{ pull: anyCount, push: anyCount },
    },
    words: {
      ...{ show: "captures", delete: "captures", export: "captures", frames: "captures" },
      ...{ share: "captures", compare: "captures", baseline: "captures", push: "captures" },
      ...{ rename: "first-capture", note: "first-capture", label: "first-capture", import: "file" },
    },
    flags: capturesFlags,
  },
  history: {
    summary: "list what the history holds",
    usage: ["onglass history list [--json]"],
    text: `Asks the running host for the sessions of the last few days; it keeps every frame of them. Save one
as a capture with "onglass captures keep --session ID".`,
    subcommands: { list: 0 },
    flags: historyFlags,
  },
  why: {
    summary: "find out what made a stream stutter",
    usage: [
      "onglass why [--last TIME] [--json]",
      "onglass why ID [--from TIME] [--to TIME] [--session N] [--json]",
    ],
    text: `Asks the running host what was at fault: the source, the encoder, the machine, the network or the
player. Judges the sessions that are running now or, if there are none, the one that ended last.
With an ID, judges that capture, or that session from "onglass history list".`,
    words: { "": "first-capture" },
    flags: whyFlags,
  },
  experiment: {
    summary: "try several values of a setting on running streams",
    usage: ["onglass experiment --set preset=ultrafast,fast [--for 60s] [--block 10s] [--json]"],
    text: `The running host changes a setting of its streams in balanced order (ABBA BAAB), restores it and
compares the frames. Aborts when anything else changes, or on Ctrl-C. Exit code 0: no difference
found, 3: a difference, 4: undecided, 1: aborted.`,
    flags: experimentFlags,
  },
  timeline: {
    summary: "export, import or replay what happened",
    usage: [
      "onglass timeline export [CAPTURE] [--of NAME] [--out FILE]",
      "onglass timeline import FILE [--resume] [--json]",
      "onglass timeline replay [FILE] [--of NAME] [--run] [--pacing PACING] [--interval-ms N]",
    ],
    text: `Asks the running host. "export" writes the timeline of a saved capture, or of the current or latest
recording. "import" opens an export and prints its local id. "replay" shows the recorded calls;
with --run it repeats them and stops at the first response that differs (exit 1).`,
    subcommands: { export: 1, import: 1, replay: 1 },
    words: { export: "captures", import: "file", replay: "file" },
    flags: timelineFlags,
  },
  pair: {
    summary: "create a code for a new player, or enter a Moonlight player's PIN",
    usage: [
      "onglass pair [--json]",
      "onglass pair --pin PIN [--id N | --uniqueid ID] [--name NAME] [--json]",
    ],
    text: `Asks the running host for a code that pairs one new player. It works once, for ten minutes. With
--pin, pairs a waiting Moonlight player instead; the player shows whether the PIN was right.`,
    flags: pairFlags,
  },
  token: {
    summary: "create, list or revoke access tokens",
    usage: [
      "onglass token make NAME [--operator] [--expires 90d|never] [--json]",
      "onglass token list [--json]",
      "onglass token revoke NAME|ID [--json]",
    ],
    text: `Asks the running host. A read-only token sees everything except secrets, which is enough for a
scraper. "make" prints the secret once, on stdout. Revoking a token ends its connections at once.`,
    subcommands: { make: 1, list: 0, revoke: 1 },
    flags: tokenFlags,
  },
  status: {
    summary: "show what a host is doing",
    usage: ["onglass status [--host URL|NAME] [--json]"],
    text: `Asks the running host for its version, source, encoders and sessions, and whether a capture is
running.`,
    flags: statusFlags,
  },
  sessions: {
    summary: "list who is playing",
    usage: ["onglass sessions [--host URL|NAME] [--json]"],
    text: "Asks the running host for its sessions.",
    flags: sessionsFlags,
  },
  settings: {
    summary: "show or change the settings of running streams",
    usage: [
      "onglass settings get [NAME...] [--json]",
      "onglass settings set NAME=VALUE... [--json]",
    ],
    text: `Asks the running host. Running streams change within a second. "get" with one NAME prints only its
value. "set" changes all the named settings, or none.`,
    subcommands: { get: anyCount, set: anyCount },
    words: { get: "setting", set: "change" },
    flags: settingsFlags,
  },
  capture: {
    summary: "start, stop or record a capture on a running host",
    usage: [
      "onglass capture start|stop|status [--json]",
      "onglass capture record --seconds N [--json]",
    ],
    text: `Asks the running host. "stop" and "record" print the id of the saved capture. "record" neither
joins nor stops a capture that is already running. Exit code 1 for "stop": nothing was recording;
for "record": the capture ended early, such as at a restart of the host; its id is still printed.
Or the host is lost, or takes the token no longer: stderr says what may still be recording there.`,
    subcommands: { start: 0, stop: 0, status: 0, record: 0 },
    flags: captureFlags,
  },
  archive: {
    summary: "list and open the captures of all hosts",
    usage: [
      "onglass archive status [--json]",
      "onglass archive list [--of HOST] [--json]",
      "onglass archive open ID|KEY [--json]",
    ],
    text: `Asks the running host, which must have been started with --archive. "open" copies a capture from
the list to that host and prints its id there. A KEY is its path in the archive, as "list --json"
shows it. Exit code 1 for "status": the last attempt to send failed.`,
    subcommands: { status: 0, list: 0, open: 1 },
    flags: archiveFlags,
  },
  logs: {
    summary: "print the log of a running host",
    usage: ["onglass logs [--lines N] [--follow] [--json]"],
    text: "Asks the running host for the end of its log; it keeps up to a thousand lines since its start.",
    flags: logsFlags,
  },
  link: {
    summary: "create, list or revoke links to a stream for others",
    usage: [
      "onglass link make [NAME] [--play] [--stream SOURCE] [--for 1d] [--uses N] [--at ADDRESS]",
      "onglass link list [--json]",
      "onglass link revoke ID|NAME [--json]",
    ],
    text: `Asks the running host. A link opens the page of one stream in a browser and nothing else. "make"
prints it once, on stdout; NAME says who it is for. Revoking a link disconnects everyone using it.`,
    subcommands: { make: 1, list: 0, revoke: 1 },
    flags: linkFlags,
  },
  sources: {
    summary: "list the screens that can be streamed",
    usage: ["onglass sources [--host URL|NAME] [--json]"],
    text: `Lists the values that --source takes on this machine, or on that of --host. The size of a Wayland
output is shown; the size of an X screen is only known once it is streamed.`,
    flags: sourcesFlags,
  },
  "probe-window": {
    summary: "open a window that shows when the desktop has reacted to an input",
    usage: ["onglass probe-window [--x11 DISPLAY | --wayland SOCKET] [--seconds N]"],
    text: `Opens a small window on a desktop of this machine. It counts the keys and mouse buttons pressed in
it and shows the count as a pattern. The Watch page opens one itself to measure click to picture.
Without a flag, WAYLAND_DISPLAY or DISPLAY decides where it opens. Prints "ready".`,
    flags: probeWindowFlags,
  },
  doctor: {
    summary: "check whether this machine has everything a stream needs",
    usage: ["onglass doctor [--json] [--encoder NAME] [--data-dir DIR] [FLAGS]"],
    text: `Checks encoders and the frame rates they sustain, sources, sound, input, priority, ports,
addresses, the time to the first picture and the disk. Rates each as good, fair or poor, and says
what to do about it. Changes no settings; creates the data directory if it is missing.
Exit code 1: something prevents streaming.`,
    flags: doctorFlags,
  },
  encoders: {
    summary: "list available encoders",
    usage: ["onglass encoders [--encoder NAME | --host URL|NAME] [--json]"],
    text: `Opens the encoder of each codec once and lists the ones that work on this machine. With --host,
lists what that host found at its start.`,
    flags: encodersFlags,
  },
  "upgrade-check": {
    summary: "check that this version can read a data directory",
    usage: ["onglass upgrade-check [--data-dir DIR] [--json]"],
    text: `Checks captures, rows, timelines, notes, experiments, journals, history, settings, certificate
and key, tokens, links, sign-ins and paired players before you start a host of this version on them.
Changes nothing; a host may be running. Exit code 1: something has a newer format, or is damaged,
or there is no such directory.`,
    flags: upgradeCheckFlags,
  },
  openapi: {
    summary: "print the OpenAPI document",
    usage: ["onglass openapi"],
    text: "Prints the OpenAPI document of the HTTP API, the same as openapi.json in the project.",
    flags: {},
  },
  completion: {
    summary: "print the completion script for a shell",
    usage: ["onglass completion bash|zsh|fish"],
    text: `Prints a script for the shell: source <(onglass completion bash), or save it where the shell looks
for completions.`,
    subcommands: { bash: 0, zsh: 0, fish: 0 },
    flags: completionFlags,
  },
  man: {
    summary: "print the manual page",
    usage: ["onglass man"],
    text: "Prints the manual page in troff: onglass man | man -l -",
    flags: {},
  },
  licences: {
    summary: "print the licences of everything that is bundled",
    usage: ["onglass licences"],
    text: "Prints NOTICE, the licence of every bundled package, and the licence texts.",
    flags: {},
  },
  help: {
    summary: "print the help of a command",
    usage: ["onglass help", "onglass help COMMAND"],
    text: "Prints the help of a command, or the list of commands.",
    words: { "": "command" },
    flags: {},
  },
  version: {
    summary: "print the version",
    usage: ["onglass version [--json]"],
    text: "Prints the version.",
    flags: versionFlags,
  },
} as const satisfies Readonly<Record<string, CommandFacts>>;

/** A command of the table above. */
export type CommandName = keyof typeof commands;
