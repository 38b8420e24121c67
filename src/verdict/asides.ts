/** Observations worth reporting although they made no frame late: such causes have no share. */
import type { FrameTable } from "../model/frames.ts";
import { percentPerDoubling, rateExponent } from "../model/quality.ts";
import type { Cause, CauseCode, VerdictQuality } from "../model/verdict.ts";
import {
  bitrateUsedShare,
  bitsPerPixelMin,
  followedShareMax,
  lossShareMin,
  loweredRateMax,
  pictureQualityGood,
  pictureQualityMin,
  reducedLossShareMin,
} from "./bounds.ts";
import { middle } from "./evidence.ts";
import type { StreamFacts } from "./input.ts";
import type { Judged } from "./judge.ts";
import { lossPatternOf } from "./loss-pattern.ts";
import { millis, roundShare } from "./round.ts";
import type { Window, Windows } from "./windows.ts";

type Found = {
  readonly stream: StreamFacts;
  readonly judged: Judged;
  readonly windows: Windows;
  readonly causes: readonly Cause[];
  readonly quality: VerdictQuality;
};

/** The same, visible in all frames: a coarse picture is not a smooth stream, whatever the cause. */
export function withPicture({ stream, judged, windows, causes, quality }: Found) {
  const isSmooth = quality === "smooth";
  const bitrate = bitrateCause(stream, windows);
  const loss = lossCause(judged, causes, isSmooth);
  const { followed, known } = reducerOf({ judged, windows, causes, loss });
  // A bitrate limited by the link must not be raised.
  const isLinks = windows.all.filter(isReduced).length * 2 > windows.all.length;
  const coarse = bitrate && (followed ?? (isLinks ? known : bitrate));
  const picture =
    coarse ?? followed ?? (isLinks ? undefined : loweredCause(stream, judged, windows));
  const isPictureFirst = isSmooth || (coarse !== undefined && quality === "stutter");
  return {
    quality: isSmooth && coarse !== undefined ? ("stutter" as const) : quality,
    isCoarse: coarse !== undefined,
    causes: withAsides(causes, { picture, loss, isPictureFirst, isLossFirst: isSmooth }),
  };
}

/**
 * Why the bitrate was lowered: a known cause, or one to be added. A full link stops losing packets
 * when less is sent, so a persistent loss is the reason, unless a narrow link did more.
 */
function reducerOf(found: {
  readonly judged: Judged;
  readonly windows: Windows;
  readonly causes: readonly Cause[];
  readonly loss: Cause | undefined;
}): { readonly followed?: Cause | undefined; readonly known?: Cause | undefined } {
  const { judged, windows, causes, loss } = found;
  const narrow = causes.find(({ code }) => code === "link_narrow");
  const lost = causes.find(({ code }) => code === "link_loss") ?? loss;
  const isLossy = isLossyWhereLowered(judged, windows);
  if (isLossy && lost !== undefined && lost.share >= (narrow?.share ?? 0)) return { known: lost };
  if (isLossy || narrow !== undefined) return { known: narrow };
  return { followed: followedCause(windows) };
}

/** Too few bits for the mode, all of them used: the picture cannot be good, whatever the timing. */
function bitrateCause(
  { width, height, fps, codec }: StreamFacts,
  windows: Windows,
): Cause | undefined {
  // An encoder that coarsens its pictures has too few bits, also where slots without a frame use none.
  const used = windows.all.filter(
    ({ mbps, bitrate_kbps, quality = 100 }) =>
      mbps * 1000 >= bitrateUsedShare * bitrate_kbps || quality < pictureQualityMin,
  );
  if (used.length * 2 < windows.all.length || used.length === 0) return undefined;
  const kbps = middle(used.map(decidedKbps));
  const seen = used.flatMap(({ quality }) => quality ?? []);
  const isSeen = seen.length * 2 >= used.length;
  // Picture quality decides if the encoder reported it: a still desktop needs few bits.
  if (!isSeen && codec !== "h264") return undefined;
  const pictureKbps = (bitsPerPixelMin * width * height * fps) / 1000;
  const neededKbps = isSeen ? finerKbps(kbps, middle(seen), pictureKbps) : Math.ceil(pictureKbps);
  if (neededKbps === undefined || kbps >= neededKbps) return undefined;
  return {
    ...asideOf("bitrate_too_low", used[0]?.t_ms ?? 0, [
      { metric: "bitrate_kbps", usual: neededKbps, seen: kbps, unit: "kbps" },
      ...(isSeen ? [{ metric: "quality", seen: middle(seen) / 100, unit: "share" }] : []),
    ]),
    step: { code: "raise_bitrate", values: { bitrate_kbps: neededKbps } },
  };
}

/** The rate for fine enough pictures, from their quality; `undefined` if they are fine. */
function finerKbps(kbps: number, quality: number, leastKbps: number): number | undefined {
  if (quality >= pictureQualityMin) return undefined;
  return Math.ceil(Math.max(kbps * finerFactor(quality), leastKbps));
}

/** How many times the bits of a picture at which nothing is missed. */
function finerFactor(quality: number): number {
  return 2 ** ((pictureQualityGood - quality) / percentPerDoubling);
}

/**
 * Too few bits for the mode, so that fewer frames were made, each of them fine: smooth, and not what was
 * asked for. A rate that is capped is no such case as long as the bits are enough for it.
 */
function loweredCause(
  { width, height, fps }: StreamFacts,
  { table }: Judged,
  windows: Windows,
): Cause | undefined {
  const kbps = middle(windows.all.map(decidedKbps));
  const kbpsFor = (rate: number) => Math.ceil((bitsPerPixelMin * width * height * rate) / 1000);
  if (windows.all.length === 0 || kbps >= kbpsFor(fps)) return undefined;
  const madeFps = gridFps(table);
  if (madeFps > loweredRateMax * fps || kbps >= kbpsFor(madeFps)) return undefined;
  const fine = windows.all.flatMap(({ quality }) => quality ?? []);
  const sameKbps = kbps * (fps / madeFps) ** rateExponent;
  const finer = fine.length === 0 ? Number.NaN : sameKbps * finerFactor(middle(fine));
  // Pictures that fine would be fine at the full rate too: it is capped, or little moves.
  if (finer <= kbps) return undefined;
  const neededKbps = Math.max(kbpsFor(fps), Math.ceil(finer || 0));
  return {
    ...asideOf("bitrate_too_low", windows.all[0]?.t_ms ?? 0, [
      { metric: "bitrate_kbps", usual: neededKbps, seen: kbps, unit: "kbps" },
      { metric: "fps", usual: fps, seen: Math.round(madeFps), unit: "fps" },
    ]),
    step: { code: "raise_bitrate", values: { bitrate_kbps: neededKbps } },
  };
}

/** The rate that slots came at, whatever was asked for. */
function gridFps({ columns: { due_us }, count }: FrameTable): number {
  const lengths = Array.from({ length: Math.max(0, count - 1) }, (_, row) => {
    return (due_us[row + 1] ?? 0) - (due_us[row] ?? 0);
  });
  return 1e6 / Math.max(1, middle(lengths));
}

/** The stream was made smaller, because the link carries no more: it may well be smooth then. */
function followedCause(windows: Windows): Cause | undefined {
  const lowered = windows.all.filter(isLowered);
  const lowest = lowered.toSorted((a, b) => a.bitrate_kbps - b.bitrate_kbps)[0];
  if (lowest === undefined) return undefined;
  const usual = middle(lowered.map(({ bitrate_asked_kbps = 0 }) => bitrate_asked_kbps));
  const seen = middle(lowered.map(({ bitrate_kbps }) => bitrate_kbps));
  if (seen > followedShareMax * usual) return undefined;
  return asideOf("link_narrow", lowest.t_ms, [
    { metric: "bitrate_kbps", usual, seen, unit: "kbps" },
  ]);
}

function isLossyWhereLowered({ table }: Judged, windows: Windows): boolean {
  const isCounted = (row: number) => isLowered(windows.at(table.columns.due_us[row] ?? 0));
  const { lostCount, sentCount } = lossesIn(table, isCounted);
  return lostCount > reducedLossShareMin * sentCount;
}

const isLowered = (window: Window | undefined) => window?.bitrate_asked_kbps !== undefined;

/** Lowered so far that the link decides the bitrate. */
const isReduced = ({ bitrate_kbps, bitrate_asked_kbps = 0 }: Window) =>
  bitrate_kbps <= followedShareMax * bitrate_asked_kbps;

/** The effective bitrate: the requested one, unless the link decides. */
const decidedKbps = (window: Window) =>
  isReduced(window) ? window.bitrate_kbps : (window.bitrate_asked_kbps ?? window.bitrate_kbps);

function asideOf(code: CauseCode, worst_ms: number, evidence: Cause["evidence"]): Cause {
  return { code, share: 0, episodes: 0, worst_ms, worst_late_ms: 0, evidence };
}

/** Causes of late arrivals, which already cover a lost packet. */
const lossCodes: ReadonlySet<CauseCode> = new Set(["link_loss", "link_narrow", "player_still"]);

/**
 * Packets were lost, and parity repaired them: no frame was late, but it is reported. If frames
 * jitter too much to be smooth, that already says it.
 */
function lossCause(judged: Judged, causes: readonly Cause[], isSmooth: boolean): Cause | undefined {
  const { table } = judged;
  const isSaid = ({ code }: Cause) => lossCodes.has(code) || (code === "link_jitter" && !isSmooth);
  if (causes.some(isSaid)) return undefined;
  const { lostCount, sentCount, worst } = lossesIn(table);
  const { due_us } = table.columns;
  if (sentCount === 0 || lostCount < lossShareMin * sentCount) return undefined;
  const seen = roundShare(lostCount / sentCount);
  const aside = asideOf("link_loss", millis(due_us[worst] ?? 0), [
    { metric: "lost_share", seen, unit: "share" },
  ]);
  const loss = lossPatternOf(judged);
  return loss === undefined ? aside : { ...aside, loss };
}

function lossesIn(
  { columns, count }: FrameTable,
  isCounted: (row: number) => boolean = () => true,
) {
  const { lost_packets, packets, parity } = columns;
  let lostCount = 0;
  let sentCount = 0;
  let worst = 0;
  for (let row = 0; row < count; row++) {
    if (!isCounted(row)) continue;
    lostCount += lost_packets[row] || 0;
    sentCount += (packets[row] || 0) + (parity[row] || 0);
    if ((lost_packets[row] || 0) > (lost_packets[worst] || 0)) worst = row;
  }
  return { lostCount, sentCount, worst };
}

/**
 * A cause without late frames has no share. A picture with too few bits is visible all the time: it
 * comes first unless the stream is bad for another reason. A link that carries no more, or loses
 * packets, is the answer if almost all frames arrived in time.
 */
function withAsides(
  causes: readonly Cause[],
  asides: {
    readonly picture: Cause | undefined;
    readonly loss: Cause | undefined;
    readonly isPictureFirst: boolean;
    readonly isLossFirst: boolean;
  },
): Cause[] {
  const picture = asides.picture === undefined ? [] : [asides.picture];
  const loss = asides.loss === undefined ? [] : [asides.loss];
  const first = [...(asides.isPictureFirst ? picture : []), ...(asides.isLossFirst ? loss : [])];
  return [...new Set([...first, ...causes, ...picture, ...loss])];
}
