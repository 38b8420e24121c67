/** Main's handle on the GameStream path: the common interface of paths, and pairing by PIN. */
import { Failure } from "../base/failure.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { PinEntry, PinOutcome } from "../model/player.ts";
import { PathHandle, type PathHost } from "../worker/path-handle.ts";
import type { PendingPairing } from "./http/pairing.ts";
import type { GamestreamEvent, GamestreamOptions, GamestreamQuestion } from "./link.ts";
import { basePortMax, basePortMin } from "./ports.ts";

export type { GamestreamEvent } from "./link.ts";

export type GamestreamHostOptions = GamestreamOptions & { onEvent(event: GamestreamEvent): void };

/** One session at most. */
export type GamestreamHost = PathHost & {
  /** HTTP; the other ports have fixed offsets from it. */
  readonly basePort: number;
  /** Players that wait for the operator to enter the PIN they show. */
  pendingPairings(): Promise<PendingPairing[]>;
  /**
   * The PIN that a player shows: 4 to 8 digits. Without `id` and `uniqueid` exactly one player must
   * be waiting. False when there is none; the result of the PIN is reported as `client_added` or
   * `refused`. Rejects with `invalid_pin`.
   */
  submitPin(entry: PinEntry): Promise<boolean>;
  /** The result of the last PIN, within ten seconds. */
  pinOutcome(): Promise<PinOutcome>;
  /** FFmpeg's names of the encoders that opened: with hardware, larger modes of HEVC and AV1 are offered. */
  knowEncoders(names: readonly string[]): Promise<void>;
  /** Rejects a waiting player. False when it is not waiting any more. */
  refusePairing(id: number): Promise<boolean>;
};

/** @throws Failure `port_taken`, `invalid_port`, `gamestream_failed` */
export async function startGamestreamHost({
  onEvent,
  ...options
}: GamestreamHostOptions): Promise<GamestreamHost> {
  const { basePort } = options;
  if (!Number.isInteger(basePort) || basePort < basePortMin || basePort > basePortMax) {
    const rule = `it takes ${basePortMin} to ${basePortMax}`;
    throw new Failure("invalid_port", `Cannot use GameStream port "${basePort}": ${rule}`);
  }
  const worker = new Worker(workerUrl("gamestream/gamestream-worker.ts"));
  const facts = { name: "GameStream", failureCode: "gamestream_failed", onEvent } as const;
  const handle = new PathHandle<GamestreamOptions, GamestreamQuestion, GamestreamEvent>(
    worker,
    facts,
  );
  await handle.start(options);
  return {
    ...handle.host(),
    basePort,
    // The worker's own answer to this very request.
    pendingPairings: async () =>
      (await handle.ask({ kind: "pending_pairings" })) as PendingPairing[],
    submitPin: async (entry) => {
      if (!/^\d{4,8}$/.test(entry.pin)) {
        throw new Failure("invalid_pin", "Cannot use that PIN: a PIN has 4 to 8 digits");
      }
      return (await handle.ask({ kind: "submit_pin", entry })) === true;
    },
    // The worker's own answer to this very request.
    pinOutcome: async () => (await handle.ask({ kind: "pin_outcome" })) as PinOutcome,
    knowEncoders: async (names) => void (await handle.ask({ kind: "know_encoders", names })),
    refusePairing: async (id) => (await handle.ask({ kind: "refuse_pairing", id })) === true,
  };
}
