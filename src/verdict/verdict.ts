/**
 * Whose fault it was: from rows of slots, samples and what a stream was asked to be, to facts and
 * codes. Pure: the same input gives the same verdict. An hour at 60 fps takes a tenth of a second.
 */
import type { Cause, CauseCode, Verdict, VerdictQuality } from "../model/verdict.ts";
import { Accounts } from "./accounts.ts";
import {
  bitrateUsedShare,
  bitsPerPixelMin,
  episodeCountMax,
  filmFps,
  freezeCountMax,
  frozenShareSmooth,
  frozenShareStutter,
  lossShareMin,
  pictureQualityGood,
  pictureQualityMin,
  qualityBounds,
  qualityPerHalving,
  usualCountMin,
} from "./bounds.ts";
import { cadenceOf } from "./cadence.ts";
import { Charger } from "./charge.ts";
import { type Episode, episodesOf } from "./episodes.ts";
import { middle } from "./evidence.ts";
import type { StreamFacts, VerdictInput } from "./input.ts";
import { type Judged, judge, slotStates } from "./judge.ts";
import { profileOf } from "./profile.ts";
import { findRhythm } from "./rhythm.ts";
import { candidatesOf } from "./rhythm-candidates.ts";
import { millis, roundShare } from "./round.ts";
import { judgeSilence } from "./silence.ts";
import { judgeSource, type SourceFacts } from "./source.ts";
import { Windows } from "./windows.ts";

/** The verdict of a range. With too few rows its quality is `cannot_tell`. */
export function verdictOf({ stream, rows, windows: list }: VerdictInput): Verdict {
  const judged = judge(rows, stream.fps);
  const windows = new Windows(list);
  judgeSilence(judged, windows);
  const source = judgeSource(judged);
  const episodes = episodesOf(judged);
  const accounts = new Accounts(judged);
  const charger = new Charger(judged, windows);
  const codes = episodes.map((episode) => accounts.addEpisode(episode, charger.chargesOf(episode)));
  accounts.addSource(source, stream.fps);
  const frames = countsOf(judged);
  const freezes = freezesOf(judged, source, episodes);
  const quality = qualityOf({ judged, frames, freezes, source, fps: stream.fps });
  const causes = accounts.causes({ stream, windows });
  const bitrate = quality === "cannot_tell" ? undefined : bitrateCause(stream, windows);
  const loss = lossCause(judged, causes);
  const cadence = cadenceOf(judged);
  const rhythm = rhythmOf({ judged, episodes, codes, causes, windows });
  const profile = profileOf(judged, episodes, codes);
  return {
    version: 1,
    ...rangeOf(judged),
    session_id: stream.session_id,
    quality: quality === "smooth" && bitrate !== undefined ? "stutter" : quality,
    frames,
    usual_ms: millis(judged.usual.end),
    measured_until: judged.measuredUntil,
    freezes,
    causes: withAsides(causes, { bitrate, loss, isInTime: quality === "smooth" }),
    unexplained: accounts.unexplainedShare,
    cannot_tell: accounts.questions(),
    ...(rhythm === undefined ? {} : { rhythm }),
    ...(cadence === undefined ? {} : { cadence }),
    episodes: episodeList(judged, episodes, codes),
    blame: accounts.blame(),
    ...(profile === undefined ? {} : { profile }),
  };
}

function rangeOf({ table, intervalUs }: Judged) {
  const due = table.columns.due_us;
  const from = due[0] ?? 0;
  const to = table.count === 0 ? from : (due[table.count - 1] ?? 0) + intervalUs;
  return { from_ms: millis(Math.max(0, from)), to_ms: millis(Math.max(0, to)) };
}

function countsOf({ state }: Judged): Verdict["frames"] {
  const counts = [0, 0, 0, 0, 0];
  for (let row = 0; row < state.length; row++) {
    const value = state[row] ?? 0;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return {
    slots: state.length,
    in_time: (counts[slotStates.inTime] ?? 0) + (counts[slotStates.settling] ?? 0),
    late: counts[slotStates.late] ?? 0,
    absent: counts[slotStates.absent] ?? 0,
    old: counts[slotStates.old] ?? 0,
  };
}

/** Stillnesses of a moving source, and runs of bad frames as long as a freeze. */
function freezesOf(
  judged: Judged,
  { stills }: SourceFacts,
  episodes: readonly Episode[],
): Verdict["freezes"] {
  const due = judged.table.columns.due_us;
  const found = stills.map(({ first, lastedUs }) => ({ fromUs: due[first] ?? 0, lastedUs }));
  const leastUs = Math.max(3 * judged.intervalUs, judged.intervalUs + 150_000);
  for (const { first, last } of episodes) {
    const lastedUs = (due[last] ?? 0) - (due[first] ?? 0) + judged.intervalUs;
    if (lastedUs < leastUs || !isUnbroken(judged, first, last)) continue;
    found.push({ fromUs: due[first] ?? 0, lastedUs });
  }
  const ms = millis(found.reduce((sum, { lastedUs }) => sum + lastedUs, 0));
  const list = found
    .sort((a, b) => b.lastedUs - a.lastedUs)
    .slice(0, freezeCountMax)
    .sort((a, b) => a.fromUs - b.fromUs)
    .map(({ fromUs, lastedUs }) => ({ from_ms: millis(fromUs), to_ms: millis(fromUs + lastedUs) }));
  return { count: found.length, ms, list };
}

/** Hardly anything of it was seen in time. */
function isUnbroken({ state }: Judged, first: number, last: number): boolean {
  let absentCount = 0;
  for (let row = first; row <= last; row++) if (state[row] === slotStates.absent) absentCount += 1;
  return absentCount >= 0.8 * (last - first + 1);
}

function qualityOf(facts: {
  readonly judged: Judged;
  readonly frames: Verdict["frames"];
  readonly freezes: Verdict["freezes"];
  readonly source: SourceFacts;
  readonly fps: number;
}): VerdictQuality {
  const { judged, frames, freezes, source, fps } = facts;
  if (frames.slots < usualCountMin * 2) return "cannot_tell";
  const isSlowSource = source.movingFps > 0 && source.movingFps < filmFps;
  const oldCount = source.stillRepeatCount + (isSlowSource ? source.evenRepeatCount : 0);
  const badShare = (frames.late + frames.absent + oldCount) / frames.slots;
  const frozenShare = (freezes.ms * 1000) / (frames.slots * judged.intervalUs);
  const bounds = qualityBounds(fps);
  if (badShare > bounds.stutter || frozenShare > frozenShareStutter) return "bad";
  if (badShare > bounds.smooth || frozenShare > frozenShareSmooth) return "stutter";
  return "smooth";
}

/** Too few bits for the mode, all of them used: the picture cannot be good, whatever the timing. */
function bitrateCause(
  { width, height, fps, codec }: StreamFacts,
  windows: Windows,
): Cause | undefined {
  const used = windows.all.filter(
    ({ mbps, bitrate_kbps }) => mbps * 1000 >= bitrateUsedShare * bitrate_kbps,
  );
  if (used.length * 2 < windows.all.length || used.length === 0) return undefined;
  const kbps = middle(used.map(({ bitrate_kbps }) => bitrate_kbps));
  const seen = used.flatMap(({ quality }) => quality ?? []);
  const isSeen = seen.length * 2 >= used.length;
  // How fine the pictures were decides where the encoder told it: a still desktop needs few bits.
  if (!isSeen && codec !== "h264") return undefined;
  const pictureKbps = (bitsPerPixelMin * width * height * fps) / 1000;
  const neededKbps = isSeen ? finerKbps(kbps, middle(seen), pictureKbps) : Math.ceil(pictureKbps);
  if (neededKbps === undefined || kbps >= neededKbps) return undefined;
  return {
    code: "bitrate_too_low",
    share: 0,
    episodes: 0,
    worst_ms: used[0]?.t_ms ?? 0,
    worst_late_ms: 0,
    evidence: [
      { metric: "bitrate_kbps", usual: neededKbps, seen: kbps, unit: "kbps" },
      ...(isSeen ? [{ metric: "quality", seen: middle(seen) / 100, unit: "share" }] : []),
    ],
    step: { code: "raise_bitrate", values: { bitrate_kbps: neededKbps } },
  };
}

/** The rate of pictures that are fine enough, from how fine they are; `undefined` where they are. */
function finerKbps(kbps: number, quality: number, leastKbps: number): number | undefined {
  if (quality >= pictureQualityMin) return undefined;
  const factor = 2 ** ((pictureQualityGood - quality) / qualityPerHalving);
  return Math.ceil(Math.max(kbps * factor, leastKbps));
}

/** Causes of what came late, by which a lost packet shows already. */
const lossCodes: ReadonlySet<CauseCode> = new Set([
  "link_loss",
  "link_narrow",
  "link_jitter",
  "player_still",
]);

/** Packets that were lost, where parity made up for them: no frame was late, and yet it is so. */
function lossCause({ table }: Judged, causes: readonly Cause[]): Cause | undefined {
  if (causes.some(({ code }) => lossCodes.has(code))) return undefined;
  const { lost_packets, packets, parity, due_us } = table.columns;
  let lostCount = 0;
  let sentCount = 0;
  let worst = 0;
  for (let row = 0; row < table.count; row++) {
    lostCount += lost_packets[row] || 0;
    sentCount += (packets[row] || 0) + (parity[row] || 0);
    if ((lost_packets[row] || 0) > (lost_packets[worst] || 0)) worst = row;
  }
  if (sentCount === 0 || lostCount < lossShareMin * sentCount) return undefined;
  const seen = roundShare(lostCount / sentCount);
  return {
    code: "link_loss",
    share: 0,
    episodes: 0,
    worst_ms: millis(due_us[worst] ?? 0),
    worst_late_ms: 0,
    evidence: [{ metric: "lost_share", seen, unit: "share" }],
  };
}

/**
 * What makes no frame late has no share. A bitrate that is too low is the answer where all came in
 * time: then it comes first, before what made single frames late.
 */
function withAsides(
  causes: readonly Cause[],
  asides: {
    readonly bitrate: Cause | undefined;
    readonly loss: Cause | undefined;
    readonly isInTime: boolean;
  },
): Cause[] {
  const bitrate = asides.bitrate === undefined ? [] : [asides.bitrate];
  const loss = asides.loss === undefined ? [] : [asides.loss];
  return asides.isInTime ? [...bitrate, ...causes, ...loss] : [...causes, ...bitrate, ...loss];
}

function rhythmOf(context: {
  readonly judged: Judged;
  readonly episodes: readonly Episode[];
  readonly codes: readonly (CauseCode | undefined)[];
  readonly causes: readonly Cause[];
  readonly windows: Windows;
}): Verdict["rhythm"] {
  const { judged, episodes, codes, causes, windows } = context;
  const { table } = judged;
  const starts = episodes.map(({ first }) => table.columns.due_us[first] ?? 0);
  const found = findRhythm(starts);
  if (found === undefined) return undefined;
  const metric = mostFrequent(found.members.map((index) => codes[index] ?? "unknown"));
  const cause = causes.find(({ code }) => code === metric);
  const [evidence] = cause?.evidence ?? [];
  const candidates = candidatesOf({ periodUs: found.periodUs, code: cause?.code }, windows);
  return {
    period_ms: millis(found.periodUs),
    spread_ms: millis(found.spreadUs),
    phase_ms: millis(found.phaseUs),
    metric,
    ...(evidence === undefined ? {} : { evidence }),
    ...(candidates.length === 0 ? {} : { candidates }),
  };
}

function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "unknown";
}

function episodeList(
  { table }: Judged,
  episodes: readonly Episode[],
  codes: readonly (CauseCode | undefined)[],
): Verdict["episodes"] {
  const due = table.columns.due_us;
  return episodes
    .map((episode, index) => ({ ...episode, code: codes[index] }))
    .sort((a, b) => b.badCount - a.badCount)
    .slice(0, episodeCountMax)
    .sort((a, b) => a.first - b.first)
    .map(({ first, last, badCount, code }) => ({
      from_ms: millis(due[first] ?? 0),
      to_ms: millis(due[last] ?? 0),
      frames: badCount,
      ...(code === undefined ? {} : { code }),
    }));
}
