/**
 * A desktop for one player: sway without a screen, started for a stream and ended with it. Its
 * sockets lie in a folder of their own, so that neither its programs nor those of the person at the
 * machine meet the other desktop. It blocks this thread while it starts and ends.
 */
import { existsSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { cutText } from "../base/cut-text.ts";
import { closeDescriptor, openPipe, stopBlocking } from "../base/descriptors.ts";
import { shellWord } from "../base/own-command.ts";
import { printable } from "../base/printable.ts";
import { reapChild } from "../base/process.ts";
import { runtimeFolder } from "../base/runtime-folder.ts";
import { OwnOutput } from "../pulse/own-output.ts";
import type { OwnScreen, ScreenMode } from "./own-screen.ts";
import { placeOf, removeSessionFolder, takeSessionFolder } from "./session-folder.ts";
import { markName, SessionKeeper } from "./session-keeper.ts";
import { asSessionUser, isRoot } from "./session-user.ts";

const outputName = "HEADLESS-1";
const startUsMax = 6_000_000;
const endUsMax = 700_000;
const askMsMax = 1000;
const lookMs = 10;
/** Output of the compositor since its start; the rest is dropped. */
const saidBytesMax = 65_536;
/** Also if only its connection has ended so far. */
export const compositorEnded = "its compositor ended";
const terminals = ["foot", "alacritty", "kitty", "weston-terminal", "xterm"];
const sleeping = new Int32Array(new SharedArrayBuffer(4));

/** Whether sessions can be started on this machine. */
export function canStartSession(): boolean {
  return Bun.which("sway") !== null && Bun.which("setpriv") !== null;
}

/** Owned by the source that shows it. Nothing in its folder is read: its programs may change it. */
export class PrivateSession implements OwnScreen {
  readonly output = outputName;
  readonly #folder: string;
  readonly #clock: Clock = systemClock();
  readonly #keeper: SessionKeeper;
  readonly #sound: OwnOutput | undefined;
  readonly #compositor: Compositor;
  #endCode: string | undefined;

  /**
   * @param command words separated by blanks, run without a shell; a terminal when empty, if there
   * is one.
   * @throws Error with the reason
   */
  constructor(command: string, mode: ScreenMode) {
    if (Bun.which("sway") === null) throw new Error("sway is not installed");
    if (Bun.which("setpriv") === null) throw new Error("setpriv (util-linux) is not installed");
    const words = programWords(command);
    this.#folder = takeSessionFolder({
      config: swayConfig(words, mode),
      ...(words.length > 0 ? { program: programScript(words) } : {}),
    });
    const mark = crypto.randomUUID();
    this.#keeper = startKeeper(mark, this.#folder);
    this.#sound = OwnOutput.open(placeOf(this.#folder));
    try {
      this.#compositor = startCompositor(this.#folder, { mark, sound: this.#sound?.name });
    } catch (cause) {
      this.#sound?.close();
      this.#keeper.end(() => true);
      throw cause;
    }
    if (this.#waitForSockets()) return;
    const reason = this.#isRunning() ? `not within ${startUsMax / 1e6} s` : this.#lastWords();
    this.close();
    throw new Error(`sway did not start: ${reason}`);
  }

  get soundOutput(): string | undefined {
    return this.#sound?.name;
  }

  /** The compositor's socket. */
  get path(): string {
    return join(this.#folder, "wayland-1");
  }

  /** Ends the compositor and everything started in it. Once. */
  close(): void {
    this.#keeper.end(() => !(this.#isRunning() || existsSync(this.#folder)));
    this.#sound?.close();
    // A process that its user may not inspect is not found by its mark.
    if (this.#isRunning()) this.#compositor.process.kill("SIGKILL");
    this.#reap();
    closeDescriptor(this.#compositor.said);
    closeDescriptor(this.#compositor.status);
  }

  /**
   * Resizes the screen to the size of the stream; the program keeps running. False if sway has not
   * done so within a second: it hangs, or the machine is busy. Blocks this thread meanwhile.
   */
  resize(mode: ScreenMode): boolean {
    const command = ["swaymsg", "-q", "-s", socketOf(this.#folder), modeLine(mode)];
    const { exitCode } = Bun.spawnSync(asSessionUser(...command), {
      env: sessionEnvironment(this.#folder),
      timeout: askMsMax,
      killSignal: "SIGKILL",
      stdio: ["ignore", "ignore", "ignore"],
    });
    return exitCode === 0;
  }

  /** Why it is over; `undefined` while it runs. */
  endReason(): string | undefined {
    this.#endCode ??= /^\d{1,3}(?=\n)/.exec(readPipe(this.#compositor.status))?.[0];
    if (this.#endCode !== undefined) return `its program ended with code ${this.#endCode}`;
    return this.#isRunning() ? undefined : compositorEnded;
  }

  /** The last message of sway, without time and source line. */
  #lastWords(): string {
    const line = readPipe(this.#compositor.said).trim().split("\n").at(-1) ?? "";
    const words = line.replace(/^.{0,40}?\[[\w./-]+:\d+\] /, "");
    return words === "" ? "it gave no reason" : printable(cutText(words, 200));
  }

  #waitForSockets(): boolean {
    const endUs = this.#clock.nowUs() + startUsMax;
    while (this.#clock.nowUs() < endUs && this.#isRunning()) {
      if (existsSync(this.path) && existsSync(socketOf(this.#folder))) return true;
      Atomics.wait(sleeping, 0, 0, lookMs);
    }
    return false;
  }

  /** The runtime notices an exit only when this thread is idle; a zombie has exited. */
  #isRunning(): boolean {
    const { exitCode, signalCode, pid } = this.#compositor.process;
    return exitCode === null && signalCode === null && isAlive(pid);
  }

  /** The starting thread ends with its stream, and would leave it behind. */
  #reap(): void {
    const endUs = this.#clock.nowUs() + endUsMax;
    while (this.#isRunning() && this.#clock.nowUs() < endUs) Atomics.wait(sleeping, 0, 0, lookMs);
    reapChild(this.#compositor.process.pid);
  }
}

/** @throws Error if the program does not exist, before anything is started */
function programWords(command: string): string[] {
  const words = command.split(" ").filter((word) => word !== "");
  const [program] = words;
  if (program === undefined)
    return terminals.filter((name) => Bun.which(name) !== null).slice(0, 1);
  if (Bun.which(program) === null) throw new Error(`"${printable(program)}" is not installed`);
  return words;
}

function startKeeper(mark: string, folder: string): SessionKeeper {
  try {
    return new SessionKeeper({ mark, folder });
  } catch (cause) {
    removeSessionFolder(folder);
    throw cause;
  }
}

type Compositor = {
  readonly process: Bun.Subprocess;
  /** Reading ends of pipes: its output, and the exit code of its program as a line. */
  readonly said: number;
  readonly status: number;
};

/** Pipes are bounded by themselves: a full one accepts no more, and blocks nobody. */
function startCompositor(
  folder: string,
  { mark, sound }: { readonly mark: string; readonly sound: string | undefined },
): Compositor {
  const said = openPipe({ isBlocking: false });
  const status = openPipe({ isBlocking: false });
  // A killed host takes its sessions with it, even if no keeper is left.
  const command = ["--pdeathsig", "TERM", "sway", "-c", join(folder, "config")];
  try {
    const process = Bun.spawn(asSessionUser(...command), {
      env: {
        ...sessionEnvironment(folder),
        ...{ [markName]: mark },
        ...(sound === undefined ? {} : { PULSE_SINK: sound }),
      },
      stdio: ["ignore", "ignore", said.writeEnd, status.writeEnd],
      detached: true,
    });
    // The runtime makes the first three descriptors of a program blocking.
    stopBlocking(said.writeEnd);
    return { process, said: said.readEnd, status: status.readEnd };
  } catch (cause) {
    for (const { readEnd } of [said, status]) closeDescriptor(readEnd);
    throw cause;
  } finally {
    for (const { writeEnd } of [said, status]) closeDescriptor(writeEnd);
  }
}

function swayConfig(words: readonly string[], mode: ScreenMode): string {
  return [
    `${modeLine(mode)} position 0 0 bg #203040 solid_color`,
    "default_border none",
    "focus_follows_mouse no",
    ...(Bun.which("Xwayland") === null ? ["xwayland disable"] : []),
    // A single word before the quotes keeps them: the shell inserts our own path.
    ...(words.length > 0 ? ['exec sh "$XDG_RUNTIME_DIR/program"'] : []),
    "",
  ].join("\n");
}

function modeLine({ width, height, fps }: ScreenMode): string {
  return `output ${outputName} mode --custom ${width}x${height}@${fps}Hz`;
}

/**
 * Each word is quoted: the shell that reads this interprets nothing of the command. A bus is tried
 * first: it may be missing, and does not start for a user without an entry in the system.
 */
function programScript(words: readonly string[]): string {
  return [
    'cd "$HOME"',
    'bus="dbus-run-session --"',
    "$bus true > /dev/null 2>&1 3>&- || bus=",
    `$bus ${words.map(shellWord).join(" ")} > /dev/null 2>&1 3>&-`,
    "echo $? >&3",
    "exec swaymsg exit",
    "",
  ].join("\n");
}

/**
 * Variables that programs need, and none of the host: neither its token nor access to another
 * desktop.
 */
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
    SWAYSOCK: socketOf(folder),
    XDG_CURRENT_DESKTOP: "sway",
    PULSE_SERVER: process.env.PULSE_SERVER ?? `unix:${join(runtimeFolder(), "pulse/native")}`,
    WLR_BACKENDS: "headless",
    WLR_LIBINPUT_NO_DEVICES: "1",
    ...(isRoot() || !existsSync("/dev/dri/renderD128") ? { WLR_RENDERER: "pixman" } : {}),
  };
}

/** Its name is known beforehand: a socket added by a program is not mistaken for it. */
function socketOf(folder: string): string {
  return join(folder, "sway.sock");
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const state = stat.charAt(stat.lastIndexOf(")") + 2);
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}

/** The bytes waiting in it; empty if there are none. */
function readPipe(descriptor: number): string {
  try {
    const bytes = Buffer.alloc(saidBytesMax);
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, bytes.length, null));
  } catch {
    return "";
  }
}
