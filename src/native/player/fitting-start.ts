/**
 * Starts a player with packets that the network lets through. A router that only passes smaller
 * packets, and reports nothing, drops the picture while everything small arrives: so the session is
 * opened again with smaller packets until a whole picture arrives.
 */
import { Failure } from "../../base/failure.ts";
import { timers } from "../../base/scheduler.ts";
import { Player, type PlayerEnd, type PlayerOptions } from "./player.ts";

/** Sizes that are tried in turn: the default, tunnels, old dial-up links, the minimum for IPv4. */
export const packetSizes = [1200, 960, 720, 548] as const;
/** From a session that runs to its first whole picture. */
const firstFrameMsMax = 3000;

export type FittingOptions = PlayerOptions & {
  /** Tried in turn; one chosen by the user is the only one. */
  readonly packetSizes: readonly number[];
  /** No picture arrived with packets of this size; smaller ones are tried next. */
  onTooLarge(packetBytes: number): void;
  /** The user has cancelled. */
  readonly signal: AbortSignal;
};

type Outcome = { readonly kind: "plays" | "late" } | { readonly kind: "ended"; reason?: string };

/**
 * A player whose picture arrives; until then only its frames are reported.
 * @throws Failure `host_unreachable` when nothing arrives, or the host's failure
 */
export async function startFitting(options: FittingOptions): Promise<Player> {
  let { code } = options.credentials;
  for (const [index, packetBytes] of options.packetSizes.entries()) {
    const attempt = new Attempt(options);
    const player = await attempt.start(packetBytes, code);
    // The first session has used it up.
    code = undefined;
    const outcome = await attempt.outcome;
    if (outcome.kind === "plays" || options.signal.aborted) return player;
    attempt.drop();
    player.stop();
    const isHeard = player.arrivals.receivedCount > 0;
    if (!isHeard) throw unreachable(options, blocked(options.address.port));
    if (outcome.kind === "ended") throw unreachable(options, outcome.reason ?? "it ended");
    if (index < options.packetSizes.length - 1) options.onTooLarge(packetBytes);
  }
  const least = options.packetSizes.at(-1);
  const reason = `no whole picture arrived within ${firstFrameMsMax / 1000} s, with packets of ${least} bytes`;
  throw unreachable(options, `${reason}; the network loses too much of it`);
}

function blocked(port: number): string {
  return (
    `nothing came back over UDP port ${port}, while TCP works; ` +
    "a firewall on the host, here or between them seems to block it"
  );
}

function unreachable({ address: { host, port } }: FittingOptions, reason: string): Failure {
  return new Failure("host_unreachable", `Cannot play from "${host}:${port}": ${reason}`);
}

/** One session, watched until its first picture. */
class Attempt {
  readonly #options: FittingOptions;
  readonly #outcome = Promise.withResolvers<Outcome>();
  #state: "trying" | "playing" | "dropped" = "trying";

  constructor(options: FittingOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#outcome.resolve({ kind: "late" }));
  }

  get outcome(): Promise<Outcome> {
    return this.#outcome.promise;
  }

  async start(packetBytes: number, code: string | undefined): Promise<Player> {
    const { credentials, request, onFrame, onEnd, ...rest } = this.#options;
    const player = await Player.start({
      ...rest,
      credentials: { ...credentials, code },
      request: { ...request, packet_bytes: packetBytes },
      onFrame: (frame, latencyUs) => {
        if (this.#state === "dropped") return true;
        this.#plays();
        return onFrame(frame, latencyUs);
      },
      onEnd: (end) => this.#end(end),
    });
    timers.after(firstFrameMsMax, () => this.#outcome.resolve({ kind: "late" }));
    return player;
  }

  /** Later messages of this session are ignored. */
  drop(): void {
    this.#state = "dropped";
  }

  #plays(): void {
    if (this.#state === "trying") this.#state = "playing";
    this.#outcome.resolve({ kind: "plays" });
  }

  #end(end: PlayerEnd | undefined): void {
    if (this.#state === "playing" || this.#options.signal.aborted) this.#options.onEnd(end);
    else this.#outcome.resolve({ kind: "ended", ...(end === undefined ? {} : end) });
  }
}
