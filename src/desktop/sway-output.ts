/**
 * An output of the running sway that has no screen behind it: made for one stream, as large as
 * that, and unplugged with it. A sway before 1.8 cannot unplug: there the output is made tiny, and
 * is taken again by the next stream.
 *
 * Which outputs are ours is known by files beside sway's socket,
 * `onglass-output-<sway>-<name>-<owner>`: taking one is making or renaming its file, which only one
 * can do.
 */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findDisplay } from "../wayland/display.ts";
import type { OwnScreen, ScreenMode } from "./own-screen.ts";
import { findSwaySocket, SwayIpc } from "./sway-ipc.ts";

/** Owner of an unused output. */
const nobody = 0;
const tiny = { width: 16, height: 16, fps: 1 };
const claimPattern = /^onglass-output-(\d{1,10})-([\w-]{1,40})-(\d{1,10})$/;

type Claim = { readonly path: string; readonly output: string; readonly owner: number };

/** Whether a sway is running that can create outputs. */
export function canMakeSwayOutput(): boolean {
  return findSwaySocket() !== undefined;
}

/** Owned by the source that shows it. */
export class SwayOutput implements OwnScreen {
  readonly output: string;
  readonly path: string;
  readonly #ipc: SwayIpc;
  readonly #claims: Claims;
  #claim: string;

  /** @throws Error with what was in the way */
  constructor(mode: ScreenMode) {
    const socket = findSwaySocket();
    if (socket === undefined) throw new Error("there is no sway, or more than one and no SWAYSOCK");
    this.path = findDisplay("").path;
    this.#ipc = new SwayIpc(socket);
    this.#claims = new Claims(socket);
    const claim = this.#takeLeft() ?? this.#make();
    this.output = claim.output;
    this.#claim = claim.path;
    if (this.resize(mode)) return;
    this.close();
    throw new Error("sway did not set its output to the size of the stream");
  }

  resize({ width, height, fps }: ScreenMode): boolean {
    try {
      this.#ipc.run(`output ${this.output} mode --custom ${width}x${height}@${fps}Hz`);
      return true;
    } catch {
      return false;
    }
  }

  endReason(): string | undefined {
    try {
      const isThere = this.#ipc.outputs().includes(this.output);
      return isThere ? undefined : "its output was removed";
    } catch {
      return "sway ended";
    }
  }

  close(): void {
    try {
      this.#ipc.run(`output ${this.output} unplug`);
      rmSync(this.#claim, { force: true });
    } catch {
      this.resize(tiny);
      this.#claim = this.#claims.take(this.#claim, this.output, nobody) ?? this.#claim;
    }
  }

  /** One left by an earlier stream, or by a killed host. */
  #takeLeft(): { path: string; output: string } | undefined {
    const names = this.#ipc.outputs();
    for (const { path, output, owner } of this.#claims.list()) {
      if (owner !== nobody && existsSync(`/proc/${owner}`)) continue;
      const taken = this.#claims.take(path, output, process.pid);
      if (taken === undefined) continue;
      if (names.includes(output)) return { path: taken, output };
      rmSync(taken, { force: true });
    }
    return undefined;
  }

  /** If two are made at the same time each gets one: only the first to claim a name has it. */
  #make(): { path: string; output: string } {
    const before = new Set(this.#ipc.outputs());
    this.#ipc.run("create_output");
    for (const name of this.#ipc.outputs()) {
      const path = before.has(name) ? undefined : this.#claims.make(name, process.pid);
      if (path !== undefined) return { path, output: name };
    }
    throw new Error("sway did not create an output");
  }
}

/** The files that mark our outputs, of one sway. */
class Claims {
  readonly #folder: string;
  readonly #sway: string;

  constructor(socket: string) {
    this.#folder = dirname(socket);
    this.#sway = /\.(\d{1,10})\.sock$/.exec(basename(socket))?.[1] ?? "0";
  }

  list(): Claim[] {
    return readdirSync(this.#folder).flatMap((name) => {
      const [, sway, output, owner] = claimPattern.exec(name) ?? [];
      if (sway !== this.#sway || output === undefined) return [];
      return [{ path: join(this.#folder, name), output, owner: Number(owner) }];
    });
  }

  /** `undefined` when somebody else has it. */
  make(output: string, owner: number): string | undefined {
    const path = this.#pathOf(output, owner);
    try {
      writeFileSync(path, "", { flag: "wx", mode: 0o600 });
      return path;
    } catch {
      return undefined;
    }
  }

  /** `undefined` when somebody else was faster. */
  take(from: string, output: string, owner: number): string | undefined {
    const path = this.#pathOf(output, owner);
    try {
      renameSync(from, path);
      return path;
    } catch {
      return undefined;
    }
  }

  #pathOf(output: string, owner: number): string {
    return join(this.#folder, `onglass-output-${this.#sway}-${output}-${owner}`);
  }
}
