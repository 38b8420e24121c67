/** Players that may connect, and how a new one is admitted. */
import type { Client, PairingCode, PinEntry, PinOutcome, WaitingPlayer } from "../model/player.ts";

/** Paired players of one path or of all. */
export type Clients = {
  clients(): Promise<readonly Client[]>;
  /** Refused from now on, its sessions end. False for a player that is not paired. */
  removeClient(id: string): Promise<boolean>;
  /** Applies from the player's next session on. `undefined` for a player that is not paired. */
  renameClient(id: string, name: string): Promise<Client | undefined>;
};

/** The one-time code of the native path. */
export type PairingCodes = {
  /** An earlier code becomes invalid. */
  createPairingCode(): Promise<PairingCode>;
  /** `undefined` when none is open. */
  pairingCode(): PairingCode | undefined;
  cancelPairing(): void | Promise<void>;
};

/** Moonlight players that show a PIN and wait for it to be entered here. */
export type PinPairing = {
  waitingPlayers(): Promise<readonly WaitingPlayer[]>;
  /** False when nobody waits. @throws Failure `invalid_pin`, `gamestream_off` */
  submitPin(entry: PinEntry): Promise<boolean>;
  /** The result of the last PIN, within ten seconds. */
  pinOutcome(): Promise<PinOutcome>;
  /** Rejects a waiting player; false when it is not waiting any more. */
  refuseWaiting(id: number): Promise<boolean>;
};

/** Paired and waiting players, and codes for new ones. */
export type Players = Clients & PairingCodes & PinPairing;
