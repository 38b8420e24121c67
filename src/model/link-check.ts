/**
 * The result of a check of the link between a host and a player, or a browser, and the advice: as
 * codes with values. Without a schema, so that pages can import it. Pure.
 */
import { type Coded, type CodedTexts, type CodeTable, codedText } from "./coded.ts";
import { modeLimits } from "./limits.ts";

/** One round of the check: a stream of a known bitrate, for some seconds. */
export type CheckRound = {
  readonly asked_kbps: number;
  readonly received_kbps: number;
  /**
   * The most that arrived within 0.3 s, including parity and headers; shows whether a link is full.
   */
  readonly peak_kbps?: number;
  /** Datagrams that went missing, 0 to 1. */
  readonly loss_share: number;
  /** The slowest frame in a hundred beyond the usual one; absent when no clock could be compared. */
  readonly jitter_us?: number;
};

/** The findings, without the rounds. */
export type LinkFacts = {
  readonly carried_kbps: number;
  /** No more was sent than that: the link may carry more. */
  readonly is_at_least: boolean;
  /** At half of its capacity; absent if a loss cannot be seen. */
  readonly loss_share?: number;
  /** It loses packets in bursts, like a full queue: parity repairs few of them. */
  readonly is_loss_bursty?: true;
  readonly jitter_us?: number;
  readonly rtt_us?: number;
};

/** The bitrates of the rounds, rising; the check ends at the first that fails. */
export const askedKbps = [4000, 12_000, 36_000, 100_000] as const;
/** The lowest reported capacity: streams begin there. */
export const carriedKbpsMin = 200;
const lossShareMax = 0.02;
/** If less than this arrived, the link does not carry the requested rate. */
const receivedShareMin = 0.75;
const jitterUsMax = 30_000;
/** Reserve for parity, key frames and other traffic. */
const advisedShare = 0.7;
/** A stream with a lower bitrate gains nothing from a faster link. */
const advisedKbpsMax = 50_000;
const farUs = 60_000;

/** Whether the link carried the requested rate in time. */
export function isCarried(round: CheckRound): boolean {
  const { loss_share, jitter_us = 0 } = round;
  return loss_share <= lossShareMax && jitter_us <= jitterUsMax && !isShort(round);
}

/** Whether clearly less arrived than was requested. */
export function isShort({ asked_kbps, received_kbps }: CheckRound): boolean {
  return received_kbps < asked_kbps * receivedShareMin;
}

/** The most that arrived, including in a round with loss. */
export function carriedKbps(rounds: readonly CheckRound[]): number {
  return Math.max(carriedKbpsMin, ...rounds.map(mostOf));
}

/** A host adapts to a full link: overall less arrived than it carries. */
function mostOf(round: CheckRound): number {
  const { asked_kbps, received_kbps, peak_kbps = 0 } = round;
  return isShort(round) ? Math.max(received_kbps, Math.min(peak_kbps, asked_kbps)) : received_kbps;
}

/** At half of this the second part of the check measures loss and jitter. */
export function halfKbps(carried: number): number {
  return Math.max(carriedKbpsMin, Math.round(carried / 2));
}

export const linkAdvice = {
  /** `size` as 1280x720. */
  set_bitrate: { mbps: "number", size: "text", fps: "count" },
  set_parity: { percent: "count" },
  frames_uneven: {},
  way_long: {},
} as const satisfies CodeTable;

/** One piece of advice. */
export type LinkAdvice = Coded<typeof linkAdvice>;
/** The sentences of one language. */
export type LinkAdviceTexts = CodedTexts<typeof linkAdvice>;

/** Most important first. */
export function linkAdviceFor(facts: LinkFacts): LinkAdvice[] {
  const { loss_share: loss = 0, jitter_us: jitterUs = 0, rtt_us: rttUs = 0 } = facts;
  const kbps = Math.min(advisedKbpsMax, roundDown(facts.carried_kbps * advisedShare));
  const list: LinkAdvice[] = [
    { code: "set_bitrate", values: { mbps: toMbps(kbps), ...modeFor(kbps) } },
  ];
  if (loss > 0.01 && facts.is_loss_bursty !== true)
    list.push({
      code: "set_parity",
      values: { percent: Math.min(modeLimits.parityPercentMax, Math.ceil(loss * 100 * 3)) },
    });
  if (jitterUs > jitterUsMax / 2) list.push({ code: "frames_uneven", values: {} });
  if (rttUs > farUs) list.push({ code: "way_long", values: {} });
  return list;
}

const modes = [
  [36_000, "3840x2160", 60],
  [16_000, "2560x1440", 60],
  [9000, "1920x1080", 60],
  [4000, "1280x720", 60],
  [2000, "1280x720", 30],
  [1000, "640x360", 60],
] as const;

/** The largest mode that looks well at this bitrate. */
function modeFor(kbps: number): { size: string; fps: number } {
  const [, size, fps] = modes.find(([least]) => kbps >= least) ?? [0, "640x360", 30];
  return { size, fps };
}

/** To two digits. */
function roundDown(kbps: number): number {
  const step = 10 ** Math.max(1, Math.floor(Math.log10(kbps)) - 1);
  return Math.max(carriedKbpsMin, Math.floor(kbps / step) * step);
}

/** A bitrate as people read it. */
export function toMbps(kbps: number): number {
  return Number((kbps / 1000).toFixed(1));
}

export const linkAdviceEnglish: LinkAdviceTexts = {
  set_bitrate: ({ mbps, size, fps }, number) =>
    `Set the bitrate to ${number(mbps)} Mbit/s, enough for ${size} at ${fps} fps`,
  set_parity: ({ percent }) =>
    `Set the minimum error correction to ${percent}%: packets are lost even at half the link’s capacity`,
  frames_uneven: () =>
    "Frames arrive unevenly: the host is busy (run onglass doctor there) or the link is wireless (use a cable or the 5 GHz band)",
  way_long: () =>
    "The round trip is long: the picture will lag behind your input with any settings",
};

/** In the language of `texts`. */
export function linkAdviceText(
  texts: LinkAdviceTexts,
  { code, values }: LinkAdvice,
  number: (value: number) => string = String,
): string {
  return codedText({ table: linkAdvice, texts, number }, code, values) ?? code;
}
