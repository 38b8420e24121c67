/**
 * `onglass play --check`: rounds of a few seconds at rising bitrates find what the link between host
 * and player carries; one more at half of it measures loss and jitter. Says what to set, in words.
 */
import type { PlaySummary } from "../native/player/totals.ts";
import { lossShareMax as fullLossShare, standingUs } from "../session/link-rate.ts";

/** One round of the check. */
export type CheckRound = {
  readonly asked_kbps: number;
  readonly received_kbps: number;
  /** Datagrams that went missing, 0 to 1. */
  readonly loss_share: number;
  /** The slowest frame in a hundred beyond the usual one; absent when no clock could be compared. */
  readonly jitter_us?: number;
};

/** What the check came to. */
export type LinkCheck = {
  readonly carried_kbps: number;
  /** The host made no more than that: the link may carry more. */
  readonly is_at_least: boolean;
  /** At half of what it carries. */
  readonly loss_share: number;
  readonly jitter_us?: number;
  readonly rtt_us?: number;
  readonly rounds: readonly CheckRound[];
  /** In English, most important first. */
  readonly advice: readonly string[];
};

/** Plays one session. */
type PlayRound = (bitrateKbps: number, seconds: number) => Promise<PlaySummary>;

const askedKbps = [4000, 12_000, 36_000, 100_000] as const;
const roundSeconds = 4;
const halfSeconds = 5;
const lossShareMax = 0.02;
/** The link does not carry what was asked for when less than this came. */
const receivedShareMin = 0.75;
const jitterUsMax = 30_000;
/** A link that loses so much for a tenth of a second is followed: of a round, this much. */
const followedLossShare = (fullLossShare * 0.1) / roundSeconds;
/** Left free: parity, key frames and others on the link. */
const advisedShare = 0.7;
/** A stream that asks for less has nothing of a faster link. */
const advisedKbpsMax = 50_000;

/** @throws Failure when a round cannot be played */
export async function checkLink(play: PlayRound, say: (line: string) => void): Promise<LinkCheck> {
  const rounds: CheckRound[] = [];
  let full: CheckRound | undefined;
  for (const asked of askedKbps) {
    say(`Asking for ${mbit(asked)}`);
    const round = roundOf(asked, await play(asked, roundSeconds));
    rounds.push(round);
    if (!isCarried(round)) {
      full = round;
      break;
    }
  }
  const carried = carriedKbps(rounds);
  const halfKbps = Math.max(200, Math.round(carried / 2));
  say(`Asking for half of what came through, ${mbit(halfKbps)}`);
  const half = await play(halfKbps, halfSeconds);
  const { loss_share, jitter_us } = roundOf(halfKbps, half);
  const facts = {
    carried_kbps: carried,
    is_at_least: full === undefined || isShortOfPicture(full),
    loss_share,
    ...(jitter_us === undefined ? {} : { jitter_us }),
    ...(half.rtt_p50_us === null ? {} : { rtt_us: half.rtt_p50_us }),
  };
  return { ...facts, rounds, advice: adviceOf(facts) };
}

/** For people, a line each. */
export function checkLines(check: LinkCheck): string[] {
  const { carried_kbps, is_at_least, loss_share, jitter_us, rtt_us, advice } = check;
  const known = (us: number | undefined) =>
    us === undefined ? "not measured" : `${(us / 1000).toFixed(1)} ms`;
  return [
    `carries     ${is_at_least ? "at least " : ""}${mbit(carried_kbps)}`,
    `at half     ${(loss_share * 100).toFixed(2)} % lost, jitter ${known(jitter_us)}`,
    `round trip  ${known(rtt_us)}`,
    ...advice.map((line, index) => `${index === 0 ? "advice" : "      "}      ${line}`),
  ];
}

/** What the person should set. */
export function adviceOf(facts: Omit<LinkCheck, "rounds" | "advice">): string[] {
  const kbps = Math.min(advisedKbpsMax, roundDown(facts.carried_kbps * advisedShare));
  const lossPercent = facts.loss_share * 100;
  return [
    `Set the bitrate to ${mbit(kbps)}, enough for ${modeFor(kbps)}`,
    ...(lossPercent > 1
      ? [
          `Set the minimum error correction to ${Math.ceil(lossPercent * 3)} %: packets vanish although the link is half empty`,
        ]
      : []),
    ...((facts.jitter_us ?? 0) > jitterUsMax / 2
      ? [
          "Frames come unevenly: the host is busy (run onglass doctor there), or a wireless link is (use a cable or the 5 GHz band)",
        ]
      : []),
    ...((facts.rtt_us ?? 0) > 60_000
      ? ["The way is long: what you press shows late, whatever is set"]
      : []),
  ];
}

function roundOf(asked_kbps: number, summary: PlaySummary): CheckRound {
  const { bytes, seconds, packets_lost: lost, packets_received: received } = summary;
  const { latency_p50_us: p50, latency_p99_us: p99 } = summary;
  return {
    asked_kbps,
    received_kbps: seconds === 0 ? 0 : Math.round((bytes * 8) / 1000 / seconds),
    loss_share: lost === 0 ? 0 : lost / (lost + received),
    ...(p50 === null || p99 === null ? {} : { jitter_us: Math.max(0, p99 - p50) }),
  };
}

function isCarried(round: CheckRound): boolean {
  return round.loss_share <= lossShareMax && !isDelayed(round) && !isShort(round);
}

function isShort({ asked_kbps, received_kbps }: CheckRound): boolean {
  return received_kbps < asked_kbps * receivedShareMin;
}

function isDelayed({ jitter_us = 0 }: CheckRound): boolean {
  return jitter_us > jitterUsMax;
}

/**
 * Little came, and all of it in time: the encoder had nothing more to send. A host that lowers its
 * bitrate to a full link has seen its queue or its losses first, and then so has this player.
 */
function isShortOfPicture(round: CheckRound): boolean {
  const { loss_share, jitter_us = 0 } = round;
  return isShort(round) && loss_share < followedLossShare && jitter_us < standingUs;
}

/** Of a round with loss: what came through. */
function carriedKbps(rounds: readonly CheckRound[]): number {
  return Math.max(200, ...rounds.map(({ received_kbps }) => received_kbps));
}

const modes = [
  ["3840x2160 at 60 fps", 36_000],
  ["2560x1440 at 60 fps", 16_000],
  ["1920x1080 at 60 fps", 9000],
  ["1280x720 at 60 fps", 4000],
  ["1280x720 at 30 fps", 2000],
  ["640x360 at 60 fps", 1000],
] as const;

function modeFor(kbps: number): string {
  return modes.find(([, least]) => kbps >= least)?.[0] ?? "640x360 at 30 fps";
}

/** To two digits. */
function roundDown(kbps: number): number {
  const step = 10 ** Math.max(1, Math.floor(Math.log10(kbps)) - 1);
  return Math.max(200, Math.floor(kbps / step) * step);
}

function mbit(kbps: number): string {
  return `${Number((kbps / 1000).toFixed(1))} Mbit/s`;
}
