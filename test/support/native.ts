/** A native host on loopback with a data directory of its own, and players for it. */
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { loadHostIdentity, loadPlayerIdentity } from "../../src/base/identity.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import {
  type NativeEvent,
  type NativeHost,
  startNativeHost,
} from "../../src/native/host/handle.ts";
import type { NativeOptions } from "../../src/native/host/link.ts";
import type { PlayerCredentials } from "../../src/native/player/control-client.ts";
import { Player } from "../../src/native/player/player.ts";
import type { Open } from "../../src/native/wire/messages.ts";
import { tempDirectory } from "./temp-directory.ts";

export const clock = systemClock();

export const smallRequest: Open = {
  width: 320,
  height: 180,
  fps: 60,
  codec: "h264",
  bitrate_kbps: 2000,
  packet_bytes: 1200,
};

export type TestHost = AsyncDisposable & {
  readonly host: NativeHost;
  readonly gate: Gate;
  readonly dataDirectory: string;
  /** Everything that happened so far. */
  readonly events: NativeEvent[];
  /** Resolves with the first event, past or to come, that fits. */
  event<K extends NativeEvent["kind"]>(
    kind: K,
    fits?: (event: Extract<NativeEvent, { kind: K }>) => boolean,
  ): Promise<Extract<NativeEvent, { kind: K }>>;
};

export async function startTestHost(
  options: Partial<
    Pick<NativeOptions, "listenHost" | "port" | "source" | "dataDirectory" | "settings" | "encoder">
  > = {},
): Promise<TestHost> {
  const directory = await tempDirectory();
  const gate = new Gate();
  const events: NativeEvent[] = [];
  const listeners = new Set<() => void>();
  const dataDirectory = join(directory.path, "host");
  const host = await startNativeHost({
    listenHost: "127.0.0.1",
    port: 0,
    dataDirectory,
    source: "testsrc",
    settings: settingsDefault,
    gate: gate.memory,
    sessionIds: new SharedSequence().memory,
    identity: await loadHostIdentity(dataDirectory),
    ...options,
    clock,
    onEvent: (each) => {
      events.push(each);
      for (const listener of listeners) listener();
    },
  });
  const event: TestHost["event"] = (kind, fits = () => true) =>
    until(`the host says "${kind}"`, listeners, () => {
      for (const each of events) {
        // The kind is compared right here.
        const found = each as Extract<NativeEvent, { kind: typeof kind }>;
        if (each.kind === kind && fits(found)) return found;
      }
      return undefined;
    });
  return {
    host,
    gate,
    dataDirectory,
    events,
    event,
    [Symbol.asyncDispose]: async () => {
      await host.stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** The player of anybody who can read the host's data directory. */
export async function ownCredentials(host: TestHost): Promise<PlayerCredentials> {
  const { dataDirectory } = host;
  return { dataDirectory, identity: await loadPlayerIdentity(dataDirectory) };
}

export type TestPlayer = Disposable & {
  readonly player: Player;
  readonly frames: { bytes: Uint8Array; isKey: boolean; frame: number }[];
  readonly latencies: number[];
  readonly rtts: number[];
  readonly ended: Promise<string | undefined>;
  /** Resolves when so many frames were forwarded. */
  frameCount(count: number): Promise<void>;
};

export async function startTestPlayer(
  port: number,
  credentials: PlayerCredentials,
  options: { request?: Partial<Open>; host?: string; onFrame?: () => boolean } = {},
): Promise<TestPlayer> {
  const frames: TestPlayer["frames"] = [];
  const latencies: number[] = [];
  const rtts: number[] = [];
  const listeners = new Set<() => void>();
  const ended = Promise.withResolvers<string | undefined>();
  const player = await Player.start({
    address: { host: options.host ?? "127.0.0.1", port },
    credentials,
    request: { ...smallRequest, ...options.request },
    clock,
    onFrame: ({ bytes, isKey, frame }, latencyUs) => {
      if (options.onFrame?.() === false) return false;
      frames.push({ bytes: bytes.slice(), isKey, frame });
      if (latencyUs !== undefined) latencies.push(latencyUs);
      for (const listener of listeners) listener();
      return true;
    },
    onRtt: (rttUs) => rtts.push(rttUs),
    onEnd: (end) => ended.resolve(end?.reason),
  });
  return {
    player,
    frames,
    latencies,
    rtts,
    ended: ended.promise,
    frameCount: async (count) => {
      await until(
        `${count} frames are there`,
        listeners,
        () => frames.length >= count || undefined,
      );
    },
    [Symbol.dispose]: () => player.stop(),
  };
}

const deadlineMs = 15_000;

/** Waits for what `read` gives, asked again whenever one of `listeners` is called. */
function until<T>(what: string, listeners: Set<() => void>, read: () => T | undefined): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const deadline = setTimeout(() => reject(new Error(`Too late: ${what}`)), deadlineMs);
  const look = () => {
    const found = read();
    if (found !== undefined) resolve(found);
  };
  listeners.add(look);
  look();
  return promise.finally(() => {
    clearTimeout(deadline);
    listeners.delete(look);
  });
}
