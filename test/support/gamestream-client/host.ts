/** A GameStream host in a worker, on free ports of the loopback, and what it said. */
import { join } from "node:path";
import { Gate } from "../../../src/base/gate.ts";
import { type Identity, loadHostIdentity, loadPlayerIdentity } from "../../../src/base/identity.ts";
import { SharedSequence } from "../../../src/base/shared-sequence.ts";
import {
  type GamestreamEvent,
  type GamestreamHost,
  type GamestreamHostOptions,
  startGamestreamHost,
} from "../../../src/gamestream/handle.ts";
import { appsFor } from "../../../src/gamestream/http/apps.ts";
import { settingsDefault } from "../../../src/model/settings.ts";
import { tempDirectory } from "../temp-directory.ts";
import { until } from "../until.ts";
import { HttpClient } from "./http-client.ts";

export type TestHost = AsyncDisposable & {
  readonly host: GamestreamHost;
  readonly gate: Gate;
  readonly basePort: number;
  readonly identity: Identity;
  readonly directory: string;
  readonly events: GamestreamEvent[];
  /** A player of its own; the same name is the same player. */
  player(name: string): Promise<HttpClient>;
  /** The same, paired. */
  pairedPlayer(name: string): Promise<HttpClient>;
};

export async function startTestHost(
  options: Partial<GamestreamHostOptions> = {},
): Promise<TestHost> {
  const directory = await tempDirectory();
  const identity = await loadHostIdentity(directory.path);
  const gate = new Gate();
  const events: GamestreamEvent[] = [];
  const basePort = options.basePort ?? (await freeBasePort());
  const host = await startGamestreamHost({
    listenHost: "127.0.0.1",
    basePort,
    dataDirectory: directory.path,
    apps: appsFor(["testsrc"]),
    codecs: ["h264"],
    settings: settingsDefault,
    isAnnounced: false,
    isInputOn: false,
    gate: gate.memory,
    sessionIds: new SharedSequence().memory,
    identity,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  const player = async (name: string) =>
    new HttpClient(basePort, await loadPlayerIdentity(join(directory.path, name)));
  return {
    host,
    gate,
    basePort,
    identity,
    directory: directory.path,
    events,
    player,
    pairedPlayer: async (name) => {
      const http = await player(name);
      const pairing = http.pair("1234");
      await until(async () => (await host.pendingPairings()).length > 0, {
        what: "the player waits",
      });
      await host.submitPin({ pin: "1234" });
      if ((await pairing) !== "paired") throw new Error("The player could not pair");
      return http;
    },
    [Symbol.asyncDispose]: async () => {
      await host.stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** A base whose neighbours are free too; the kernel hands out ports from the same range. */
export async function freeBasePort(): Promise<number> {
  for (let tryCount = 0; tryCount < 50; tryCount++) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(base)) return base;
  }
  throw new Error("No free ports");
}

async function isFree(base: number): Promise<boolean> {
  try {
    for (const port of [base, base - 5, base + 21]) {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } }).stop(true);
    }
    for (const port of [base + 9, base + 10, base + 11]) {
      (await Bun.udpSocket({ hostname: "127.0.0.1", port })).close();
    }
    return true;
  } catch {
    return false;
  }
}
