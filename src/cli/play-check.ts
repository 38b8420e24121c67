/**
 * `onglass play --check`: rounds of a few seconds at rising bitrates find what the link between host
 * and player carries; one more at half of it measures loss and jitter. Says what to set, in words.
 */
import {
  askedKbps,
  type CheckRound,
  carriedKbps,
  halfKbps,
  isShort,
  type LinkAdvice,
  type LinkFacts,
  linkAdviceEnglish,
  linkAdviceFor,
  linkAdviceText,
  toMbps,
} from "../model/link-check.ts";
import type { PlaySummary } from "../native/player/totals.ts";
import { standingUs } from "../session/link-rate.ts";
import { lossShareMax as fullLossShare } from "../session/other-loss.ts";

/** What the check came to. */
export type LinkCheck = LinkFacts & {
  readonly loss_share: number;
  readonly rounds: readonly CheckRound[];
  /** In English, most important first. */
  readonly advice: readonly string[];
};

/** Without the first second of a round: what its first key frame overran is no loss of the link. */
export type SettledLoss = { readonly share: number; readonly isBursty: boolean };

type RoundSummary = PlaySummary & {
  readonly peak_kbps?: number;
  readonly settled_loss?: SettledLoss | undefined;
};

/** Plays one session. */
type PlayRound = (bitrateKbps: number, seconds: number) => Promise<RoundSummary>;

const roundSeconds = 4;
const halfSeconds = 5;
/** A link that loses so much for a tenth of a second is followed: of a round, this much. */
const followedLossShare = (fullLossShare * 0.1) / roundSeconds;

/** @throws Failure when a round cannot be played */
export async function checkLink(play: PlayRound, say: (line: string) => void): Promise<LinkCheck> {
  const rounds: CheckRound[] = [];
  let full: CheckRound | undefined;
  for (const asked of askedKbps) {
    say(`Testing ${mbit(asked)}`);
    const round = roundOf(asked, await play(asked, roundSeconds));
    rounds.push(round);
    // A busy program is late too, and a link may lose at any rate: it is full where less comes.
    if (isShort(round)) {
      full = round;
      break;
    }
  }
  const carried = carriedKbps(rounds);
  const kbps = halfKbps(carried);
  say(`Testing half of what got through, ${mbit(kbps)}`);
  const half = await play(kbps, halfSeconds);
  const { loss_share, jitter_us } = roundOf(kbps, half);
  const settled = half.settled_loss ?? { share: loss_share, isBursty: false };
  const facts = {
    carried_kbps: carried,
    is_at_least: full === undefined || isShortOfPicture(full, loss_share),
    loss_share: settled.share,
    ...(settled.isBursty ? { is_loss_bursty: true as const } : {}),
    ...(jitter_us === undefined ? {} : { jitter_us }),
    ...(half.rtt_p50_us === null ? {} : { rtt_us: half.rtt_p50_us }),
  };
  return { ...facts, rounds, advice: adviceOf(facts) };
}

/** For people, a line each. */
export function checkLines(check: LinkCheck): string[] {
  const { carried_kbps, is_at_least, loss_share, is_loss_bursty, jitter_us, rtt_us } = check;
  const known = (us: number | undefined) =>
    us === undefined ? "not measured" : `${(us / 1000).toFixed(1)} ms`;
  return [
    `carries     ${is_at_least ? "at least " : ""}${mbit(carried_kbps)}`,
    `at half     ${(loss_share * 100).toFixed(2)}% lost${is_loss_bursty ? " in bursts" : ""}, jitter ${known(jitter_us)}`,
    `round trip  ${known(rtt_us)}`,
    ...check.advice.map((line, index) => `${index === 0 ? "advice" : "      "}      ${line}`),
    ...linkAdviceFor(check).flatMap(commandOf),
  ];
}

/** What to type for it, where there is something. */
function commandOf(advice: LinkAdvice): string[] {
  switch (advice.code) {
    case "set_bitrate": {
      const { mbps, size, fps } = advice.values;
      const [width, height] = size.split("x");
      const mode = `--width ${width} --height ${height} --fps ${fps}`;
      return [`play with   ${mode} --bitrate-kbps ${Math.round(mbps * 1000)}`];
    }
    case "set_parity":
      return [`on the host onglass settings set parity_percent_min=${advice.values.percent}`];
    default:
      return [];
  }
}

/** What the person should set, in English. */
export function adviceOf(facts: LinkFacts): string[] {
  return linkAdviceFor(facts).map((one) => linkAdviceText(linkAdviceEnglish, one));
}

function roundOf(asked_kbps: number, summary: RoundSummary): CheckRound {
  const { bytes, seconds, packets_lost: lost, packets_received: received } = summary;
  const { latency_p50_us: p50, latency_p99_us: p99, peak_kbps } = summary;
  return {
    asked_kbps,
    received_kbps: seconds === 0 ? 0 : Math.round((bytes * 8) / 1000 / seconds),
    ...(peak_kbps === undefined ? {} : { peak_kbps }),
    loss_share: lost === 0 ? 0 : lost / (lost + received),
    ...(p50 === null || p99 === null ? {} : { jitter_us: Math.max(0, p99 - p50) }),
  };
}

/**
 * Little came, and all of it in time: the encoder had nothing more to send. A host that lowers its
 * bitrate to a full link has seen its queue or its losses first, and then so has this player.
 * @param usualLoss of a link that is half full
 */
function isShortOfPicture({ loss_share, jitter_us = 0 }: CheckRound, usualLoss: number): boolean {
  return loss_share < followedLossShare + 2 * usualLoss && jitter_us < standingUs;
}

function mbit(kbps: number): string {
  return `${toMbps(kbps)} Mbit/s`;
}
