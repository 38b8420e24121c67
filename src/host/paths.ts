/**
 * The paths with threads of their own. Loading their code takes as long as the rest of a start, so
 * they are opened after the console listens. Requests before that wait until they are open; there
 * are no sessions yet.
 */
import type { Config } from "../config.ts";
import type { Settings } from "../model/settings.ts";
import type { NativeHost } from "../native/host/handle.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { SettingsFollower } from "../ports/settings.ts";
import type { PathHost } from "../worker/path-handle.ts";
import type { Core } from "./core.ts";
import type { EventTakers } from "./events.ts";
import { type GamestreamPath, openGamestream } from "./gamestream.ts";
import { openNative } from "./native.ts";
import { joinSessions } from "./sessions.ts";

/** Both paths, after they listen. */
export type OpenPaths = { readonly native: NativeHost; readonly gamestream: GamestreamPath };

type Given = Core & EventTakers & { readonly settings: Settings };

/** The native path and GameStream, from before they listen until the host ends. */
export class Paths implements SettingsFollower, AsyncDisposable {
  /** Of those that listen. */
  readonly sessions: Sessions;
  readonly #hosts: PathHost[] = [];
  readonly #opened = Promise.withResolvers<OpenPaths>();
  readonly #parts = new AsyncDisposableStack();
  #native: NativeHost | undefined;
  #settings: Settings | undefined;

  constructor() {
    this.sessions = joinSessions(() => this.#hosts);
    // If nobody waits for them, only the caller of `open` sees why they did not open.
    this.#opened.promise.catch(() => undefined);
  }

  /** Rejects if one of them did not open: then the host ends. */
  get opened(): Promise<OpenPaths> {
    return this.#opened.promise;
  }

  /** `undefined` until it listens. */
  get native(): NativeHost | undefined {
    return this.#native;
  }

  /**
   * Called once.
   * @throws Failure when one of them cannot listen, after both have settled
   */
  async open(config: Config, given: Given): Promise<OpenPaths> {
    try {
      const [native, gamestream] = await allOf([
        this.#openNative(config, given),
        this.#openGamestream(config, given),
      ]);
      this.#opened.resolve({ native, gamestream });
    } catch (cause) {
      this.#opened.reject(cause);
    }
    return await this.opened;
  }

  applySettings(settings: Settings): void {
    this.#settings = settings;
    for (const host of this.#hosts) host.applySettings(settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  async #openNative(config: Config, given: Given): Promise<NativeHost> {
    const native = await openNative(config, given, this.#parts);
    this.#native = native;
    this.#add(native, given.settings);
    return native;
  }

  async #openGamestream(config: Config, given: Given): Promise<GamestreamPath> {
    const gamestream = await openGamestream(config, given, this.#parts);
    if (gamestream.host !== undefined) this.#add(gamestream.host, given.settings);
    return gamestream;
  }

  /** Settings may have changed while it was being opened with earlier ones. */
  #add(host: PathHost, opened: Settings): void {
    this.#hosts.push(host);
    const now = this.#settings ?? opened;
    if (now !== opened) host.applySettings(now);
  }
}

/** All of them, or the first failure after all have settled. */
async function allOf<const T extends readonly Promise<unknown>[]>(
  under: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(under);
  for (const result of settled) if (result.status === "rejected") throw result.reason;
  return await Promise.all(under);
}
