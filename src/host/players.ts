/** Paired players of all paths, and how new ones are admitted. */

import { Failure } from "../base/failure.ts";
import type { Players } from "../ports/players.ts";
import type { Paths } from "./paths.ts";

/**
 * Paired and waiting players of both paths as one list; an answer waits until the paths are open.
 */
export function joinPlayers(paths: Pick<Paths, "opened" | "native">): Players {
  const native = async () => (await paths.opened).native;
  const gamestream = async () => (await paths.opened).gamestream.host;
  return {
    clients: async () => [
      ...(await (await native()).clients()),
      ...((await (await gamestream())?.clients()) ?? []),
    ],
    removeClient: async (id) => {
      const removed = [
        await (await native()).removeClient(id),
        (await (await gamestream())?.removeClient(id)) ?? false,
      ];
      return removed.includes(true);
    },
    renameClient: async (id, name) =>
      (await (await native()).renameClient(id, name)) ??
      (await (await gamestream())?.renameClient(id, name)),
    createPairingCode: async () => await (await native()).createPairingCode(),
    // No code is made before the path is open.
    pairingCode: () => paths.native?.pairingCode(),
    cancelPairing: async () => await (await native()).cancelPairing(),
    waitingPlayers: async () => [...((await (await gamestream())?.pendingPairings()) ?? [])],
    refuseWaiting: async (id) => (await (await gamestream())?.refusePairing(id)) ?? false,
    pinOutcome: async () => (await (await gamestream())?.pinOutcome()) ?? "unfinished",
    submitPin: async (entry) => {
      const host = await gamestream();
      if (host === undefined) {
        throw new Failure("gamestream_off", "Cannot accept a PIN: GameStream is off on this host");
      }
      return await host.submitPin(entry);
    },
  };
}
