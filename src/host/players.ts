/** Paired players of all paths, and how new ones are let in. */

import { Failure } from "../base/failure.ts";
import type { GamestreamHost } from "../gamestream/handle.ts";
import type { NativeHost } from "../native/host/handle.ts";
import type { Players } from "../ports/players.ts";

/** Paired and waiting players of both paths as one list. */
export function joinPlayers(native: NativeHost, gamestream: GamestreamHost | undefined): Players {
  return {
    clients: async () => [...(await native.clients()), ...((await gamestream?.clients()) ?? [])],
    removeClient: async (id) => {
      const removed = [
        await native.removeClient(id),
        (await gamestream?.removeClient(id)) ?? false,
      ];
      return removed.includes(true);
    },
    renameClient: async (id, name) =>
      (await native.renameClient(id, name)) ?? (await gamestream?.renameClient(id, name)),
    createPairingCode: () => native.createPairingCode(),
    pairingCode: () => native.pairingCode(),
    cancelPairing: () => native.cancelPairing(),
    waitingPlayers: async () => [...((await gamestream?.pendingPairings()) ?? [])],
    refuseWaiting: async (id) => (await gamestream?.refusePairing(id)) ?? false,
    pinOutcome: async () => (await gamestream?.pinOutcome()) ?? "unfinished",
    submitPin: (entry) => {
      if (gamestream === undefined) {
        throw new Failure("gamestream_off", "Cannot take a PIN: GameStream is off on this host");
      }
      return gamestream.submitPin(entry);
    },
  };
}
