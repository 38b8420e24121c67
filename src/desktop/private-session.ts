/**
 * A desktop of one player's own: sway without a screen, started for a stream and ended with it. Its
 * sockets lie in a folder of their own, so that neither its programs nor those of the person at the
 * machine meet the other desktop. It blocks this thread while it starts and ends.
 */
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { cutText } from "../base/cut-text.ts";
import { reapChild } from "../base/libc.ts";
import { shellWord } from "../base/own-command.ts";
import { printable } from "../base/printable.ts";
import { runtimeFolder } from "../base/runtime-folder.ts";

/** Pixels, and pictures a second. */
export type SessionMode = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
};

/** Of one host at the same time. */
export const sessionCountMax = 4;
const folderPrefix = "onglass-session-";
const outputName = "HEADLESS-1";
const startUsMax = 6_000_000;
const endUsMax = 700_000;
const askMsMax = 1000;
const lookMs = 10;
const removeTries = 30;
/** The compositor refuses root, and a player's programs have no business with it. */
const nobody = 65_534;
/** Also where only its connection has ended so far. */
export const compositorEnded = "its compositor ended";
const terminals = ["foot", "alacritty", "kitty", "weston-terminal", "xterm"];
const sleeping = new Int32Array(new SharedArrayBuffer(4));

/** Whether sessions can be started on this machine. */
export function canStartSession(): boolean {
  return Bun.which("sway") !== null && Bun.which("setpriv") !== null;
}

/** Owned by the sources that show it; the last one to release it ends it. */
export class PrivateSession {
  readonly output = outputName;
  readonly #folder: string;
  readonly #clock: Clock = systemClock();
  readonly #compositor: Bun.Subprocess;
  #userCount = 1;

  /**
   * @param command words with blanks between them, run without a shell; a terminal when empty, if there is one.
   * @throws Error with what was in the way
   */
  constructor(command: string, mode: SessionMode) {
    if (Bun.which("sway") === null) throw new Error("sway is not installed");
    if (Bun.which("setpriv") === null) throw new Error("setpriv (util-linux) is not installed");
    const words = programWords(command);
    this.#folder = takeFolder();
    try {
      this.#compositor = startCompositor(this.#folder, words, mode);
    } catch (cause) {
      removeFolder(this.#folder);
      throw cause;
    }
    if (this.#waitForSockets()) return;
    const reason = this.#isRunning() ? `not within ${startUsMax / 1e6} s` : this.#lastWords();
    this.release();
    throw new Error(`sway did not start: ${reason}`);
  }

  /** The compositor's socket. */
  get path(): string {
    return join(this.#folder, "wayland-1");
  }

  /** Another source shows it too. */
  retain(): void {
    this.#userCount += 1;
  }

  /** Ends the compositor and the program, unless another source shows it. */
  release(): void {
    this.#userCount -= 1;
    if (this.#userCount !== 0) return;
    signalGroup(this.#programGroup(), "SIGTERM");
    this.#signal("SIGTERM");
    const endUs = this.#clock.nowUs() + endUsMax;
    while (this.#isRunning() && this.#clock.nowUs() < endUs) Atomics.wait(sleeping, 0, 0, lookMs);
    // One that hangs takes nothing else.
    if (this.#isRunning()) this.#signal("SIGKILL");
    signalGroup(this.#programGroup(), "SIGKILL");
    this.#reap();
    removeFolder(this.#folder);
  }

  /** Makes the screen as large as the stream; the program keeps running. Throws when sway does not answer. */
  resize(mode: SessionMode): void {
    const socket = join(this.#folder, ipcName(this.#folder) ?? "");
    const command = ["swaymsg", "-q", "-s", socket, modeLine(mode)];
    const { exitCode } = Bun.spawnSync(command, {
      timeout: askMsMax,
      stdio: ["ignore", "ignore", "ignore"],
    });
    if (exitCode !== 0) throw new Error("sway does not change the size of its screen");
  }

  /** Why it is over; `undefined` while it runs. */
  endReason(): string | undefined {
    const status = readText(join(this.#folder, "ended"));
    if (status !== undefined)
      return `its program ended with code ${printable(cutText(status.trim(), 3))}`;
    return this.#isRunning() ? undefined : compositorEnded;
  }

  /** What sway said last, without the time and the line of its source. */
  #lastWords(): string {
    const line = readText(join(this.#folder, "log"))?.trim().split("\n").at(-1) ?? "";
    const words = line.replace(/^.{0,40}?\[[\w./-]+:\d+\] /, "");
    return words === "" ? "it gave no reason" : printable(cutText(words, 200));
  }

  #waitForSockets(): boolean {
    const endUs = this.#clock.nowUs() + startUsMax;
    while (this.#clock.nowUs() < endUs && this.#isRunning()) {
      if (existsSync(this.path) && ipcName(this.#folder) !== undefined) return true;
      Atomics.wait(sleeping, 0, 0, lookMs);
    }
    return false;
  }

  /** The runtime learns of an end only when this thread is idle; a zombie has ended. */
  #isRunning(): boolean {
    const { exitCode, signalCode, pid } = this.#compositor;
    if (exitCode !== null || signalCode !== null) return false;
    const [state] = statFields(`${pid}`);
    return state !== undefined && state !== "Z" && state !== "X";
  }

  /** The thread that started it ends with its stream, and would leave it behind. */
  #reap(): void {
    const endUs = this.#clock.nowUs() + endUsMax;
    while (this.#isRunning() && this.#clock.nowUs() < endUs) Atomics.wait(sleeping, 0, 0, lookMs);
    reapChild(this.#compositor.pid);
  }

  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#isRunning()) this.#compositor.kill(signal);
  }

  /** Of the program and what it started. The file is the program's to change: only its own user's count. */
  #programGroup(): number | undefined {
    const pid = readText(join(this.#folder, "program-pid"))?.trim() ?? "";
    if (!/^\d{1,10}$/.test(pid)) return undefined;
    const group = Number(statFields(pid)[2]);
    return group > 1 && ownerOf(pid) === sessionUser() ? group : undefined;
  }
}

/** @throws Error for a program that is not there, before anything is started */
function programWords(command: string): string[] {
  const words = command.split(" ").filter((word) => word !== "");
  const [program] = words;
  if (program === undefined)
    return terminals.filter((name) => Bun.which(name) !== null).slice(0, 1);
  if (Bun.which(program) === null) throw new Error(`"${printable(program)}" is not installed`);
  return words;
}

/** The place is taken by making the folder: no two threads get the same. */
function takeFolder(): string {
  const base = !isRoot() && existsSync(runtimeFolder()) ? runtimeFolder() : tmpdir();
  removeLeftFolders(base);
  for (let place = 1; place <= sessionCountMax; place++) {
    const folder = join(base, `${folderPrefix}${process.pid}-${place}`);
    if (!tryMakeFolder(folder)) continue;
    if (isRoot()) chownSync(folder, nobody, nobody);
    return folder;
  }
  throw new Error(`this host runs ${sessionCountMax} sessions already`);
}

function tryMakeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (cause) {
    if (existsSync(folder)) return false;
    throw cause;
  }
}

/** Of hosts that were killed. */
function removeLeftFolders(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^onglass-session-(\d{1,10})-\d$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeFolder(join(base, name));
  }
}

/** A program on its way out may still write to it; one that cannot be removed is in nobody's way. */
function removeFolder(folder: string): void {
  for (let tries = 0; tries < removeTries && existsSync(folder); tries++) {
    if (tries > 0) Atomics.wait(sleeping, 0, 0, lookMs);
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Tried again, as often as above.
    }
  }
}

function startCompositor(folder: string, words: readonly string[], mode: SessionMode) {
  if (words.length > 0) writeFileSync(join(folder, "program"), programScript(words));
  writeFileSync(join(folder, "config"), swayConfig(words, mode));
  const user = isRoot() ? [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : [];
  // A host that is killed takes its sessions along.
  const command = ["setpriv", ...user, "--pdeathsig", "TERM", "sway", "-c", join(folder, "config")];
  const log = Bun.file(join(folder, "log"));
  return Bun.spawn(command, {
    env: sessionEnvironment(folder),
    stdin: "ignore",
    stdout: "ignore",
    stderr: log,
    detached: true,
  });
}

function swayConfig(words: readonly string[], mode: SessionMode): string {
  return [
    `${modeLine(mode)} position 0 0 bg #203040 solid_color`,
    "default_border none",
    "focus_follows_mouse no",
    ...(Bun.which("Xwayland") === null ? ["xwayland disable"] : []),
    // One word before the quotes keeps them: the shell fills in our own path.
    ...(words.length > 0 ? ['exec sh "$XDG_RUNTIME_DIR/program"'] : []),
    "",
  ].join("\n");
}

function modeLine({ width, height, fps }: SessionMode): string {
  return `output ${outputName} mode --custom ${width}x${height}@${fps}Hz`;
}

/** Each word stands in quotes: the shell that reads this finds nothing of the command to interpret. */
function programScript(words: readonly string[]): string {
  const bus = Bun.which("dbus-run-session") === null ? "" : "dbus-run-session -- ";
  return [
    'cd "$HOME"',
    // A session that has ended meanwhile has no folder.
    'echo $$ > "$XDG_RUNTIME_DIR/program-pid" || exit',
    `${bus}${words.map(shellWord).join(" ")} > /dev/null 2>&1`,
    'echo $? > "$XDG_RUNTIME_DIR/ended"',
    "exec swaymsg exit",
    "",
  ].join("\n");
}

/** What programs need, and nothing of the host: neither its token nor the way to another desktop. */
function sessionEnvironment(folder: string): Record<string, string> {
  const names = ["PATH", "LANG", "LC_ALL", "TZ", "XKB_DEFAULT_LAYOUT", "XKB_DEFAULT_VARIANT"];
  const passed = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    HOME: isRoot() ? folder : (process.env.HOME ?? folder),
    XDG_RUNTIME_DIR: folder,
    XDG_CURRENT_DESKTOP: "sway",
    PULSE_SERVER: process.env.PULSE_SERVER ?? `unix:${join(runtimeFolder(), "pulse/native")}`,
    WLR_BACKENDS: "headless",
    WLR_LIBINPUT_NO_DEVICES: "1",
    ...(isRoot() || !existsSync("/dev/dri/renderD128") ? { WLR_RENDERER: "pixman" } : {}),
  };
}

function ipcName(folder: string): string | undefined {
  return readdirSync(folder).find((name) => name.startsWith("sway-ipc"));
}

function signalGroup(group: number | undefined, signal: "SIGTERM" | "SIGKILL"): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended.
  }
}

/** State, parent and process group; empty where there is no such process. */
function statFields(pid: string): string[] {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function ownerOf(pid: string): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

function sessionUser(): number {
  return isRoot() ? nobody : (process.getuid?.() ?? nobody);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The first 4 KiB; `undefined` where there is no such file. A program of the session may have put a
 * link or a pipe in its place: neither is followed or waited for.
 */
function readText(path: string): string | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(4096);
      return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, null));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
