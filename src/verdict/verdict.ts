/**
 * Whose fault it was: from rows of slots, samples and a stream's requested mode, to facts and
 * codes. Pure: the same input gives the same verdict. An hour at 60 fps takes a tenth of a second.
 */
import type { Cause, CauseCode, Verdict, VerdictQuality } from "../model/verdict.ts";
import { Accounts } from "./accounts.ts";
import { withPicture } from "./asides.ts";
import {
  episodeCountMax,
  filmFps,
  freezeCountMax,
  frozenShareSmooth,
  frozenShareStutter,
  qualityBounds,
  rhythmBadShareMax,
  usualCountMin,
} from "./bounds.ts";
import { BrokenChains, judgeBroken } from "./broken.ts";
import { cadenceOf } from "./cadence.ts";
import { Charger } from "./charge.ts";
import { type Episode, episodesOf } from "./episodes.ts";
import { gapsOf } from "./gaps.ts";
import type { StreamFacts, VerdictInput } from "./input.ts";
import { type Judged, judge, slotStates } from "./judge.ts";
import { Outages } from "./outages.ts";
import { profileOf } from "./profile.ts";
import { findRhythm, type Rhythm } from "./rhythm.ts";
import { candidatesOf } from "./rhythm-candidates.ts";
import { millis } from "./round.ts";
import { judgeSilence, judgeUnseen } from "./silence.ts";
import { judgeSource, type SourceFacts } from "./source.ts";
import { inTime, Windows } from "./windows.ts";
import { worstOf } from "./worst.ts";

/** Known after every bad frame is charged. */
type Found = {
  readonly stream: StreamFacts;
  readonly judged: Judged;
  readonly episodes: readonly Episode[];
  /** The cause of each episode. */
  readonly codes: (CauseCode | undefined)[];
  readonly causes: readonly Cause[];
  readonly accounts: Accounts;
  readonly windows: Windows;
};

/** The verdict of a range. With too few rows its quality is `cannot_tell`. */
export function verdictOf(input: VerdictInput): Verdict {
  const { stream, rows, changes = [], isBrief = false } = input;
  const list = inTime(input.windows);
  const judged = judge(rows, stream.fps);
  const windows = new Windows(list);
  judgeSilence(judged, windows);
  judgeUnseen(judged, windows);
  const broken = new BrokenChains(judged);
  judgeBroken(judged, broken);
  const outages = new Outages(judged, windows, broken);
  const source = judgeSource(judged, list);
  const episodes = episodesOf(judged);
  const accounts = new Accounts(judged);
  const charger = new Charger(judged, windows, { ...stream, broken, outages });
  const codes = episodes.map((episode) => accounts.addEpisode(episode, charger.chargesOf(episode)));
  accounts.addSource(source, stream.fps);
  const frames = countsOf(judged);
  const freezes = freezesOf(judged, source);
  const quality = qualityOf({ judged, frames, freezes, source, fps: stream.fps });
  const causes = accounts.causes({ stream, windows, changes, outages });
  const found = { stream, judged, windows, accounts, causes, quality };
  const seen = quality === "cannot_tell" ? { ...found, isCoarse: false } : withPicture(found);
  return {
    version: 1,
    ...rangeOf(judged),
    session_id: stream.session_id,
    quality: seen.quality,
    frames,
    // Another tool's recording may contain when frames came, but not their stages.
    ...(judged.usual.end > 0 ? { usual_ms: millis(judged.usual.end) } : {}),
    measured_until: judged.measuredUntil,
    ...boundsOf(judged, stream),
    freezes,
    causes: seen.causes,
    ...(seen.isCoarse ? { coarse: true as const } : {}),
    unexplained: accounts.unexplainedShare,
    cannot_tell: accounts.questions(),
    episodes: isBrief ? [] : episodeList(judged, episodes, codes),
    blame: accounts.blame(),
    ...(isBrief ? {} : detailsOf({ ...found, episodes, codes, causes, freezes })),
  };
}

/**
 * The fate of frames beyond the host is known if the player reports it, and never overestimated.
 */
function boundsOf({ measuredUntil }: Judged, { kind }: StreamFacts) {
  const isBounded = kind === "gamestream" && measuredUntil === "handed_over";
  return isBounded ? { lower_bounds: ["late" as const, "absent" as const] } : {};
}

type Details = Pick<Verdict, "rhythm" | "cadence" | "profile" | "worst">;

function detailsOf(found: Found & Pick<Verdict, "freezes">): Details {
  const { stream, judged, episodes, codes, freezes } = found;
  const worst = judged.table.count === 0 ? undefined : worstOf(judged, freezes);
  const cadence = cadenceOf(judged, stream);
  const rhythm = rhythmOf(found);
  const profile = profileOf(judged, episodes, codes);
  return {
    ...(rhythm === undefined ? {} : { rhythm }),
    ...(cadence === undefined ? {} : { cadence }),
    ...(profile === undefined ? {} : { profile }),
    ...(worst === undefined ? {} : { worst }),
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

/** Stillnesses of a moving source, and stretches without a frame, as long as a freeze. */
function freezesOf(judged: Judged, { stills }: SourceFacts): Verdict["freezes"] {
  const due = judged.table.columns.due_us;
  const found = stills.map(({ first, lastedUs }) => ({ fromUs: due[first] ?? 0, lastedUs }));
  found.push(...gapsOf(judged));
  const ms = millis(found.reduce((sum, { lastedUs }) => sum + lastedUs, 0));
  const list = found
    .sort((a, b) => b.lastedUs - a.lastedUs)
    .slice(0, freezeCountMax)
    .sort((a, b) => a.fromUs - b.fromUs)
    .map(({ fromUs, lastedUs }) => ({ from_ms: millis(fromUs), to_ms: millis(fromUs + lastedUs) }));
  return { count: found.length, ms, list };
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

/** Of all episodes, or, if others lie between them, of those of one cause. */
function rhythmOf(found: Found): Verdict["rhythm"] {
  const { judged, episodes, codes, causes, accounts } = found;
  const due = judged.table.columns.due_us;
  const common = findRhythm(episodes.map(({ first }) => due[first] ?? 0));
  if (common !== undefined && isBetweenGood(common, judged)) {
    const metric = mostFrequent(common.members.map((index) => codes[index] ?? "unknown"));
    return namedRhythm(common, metric, found);
  }
  for (const { code } of causes) {
    const own = findRhythm(accounts.startsOf(code).sort((a, b) => a - b));
    if (own !== undefined && isBetweenGood(own, judged)) return namedRhythm(own, code, found);
  }
  return undefined;
}

/**
 * Episodes with almost nothing between them follow each other by themselves: each repairs what the
 * last one broke.
 */
function isBetweenGood({ phaseUs, periodUs, members }: Rhythm, { table, state }: Judged): boolean {
  const endUs = phaseUs + (members.length - 1) * periodUs;
  let [badCount, count] = [0, 0];
  for (let row = 0; row < table.count; row++) {
    const dueUs = table.columns.due_us[row] ?? 0;
    if (dueUs < phaseUs || dueUs >= endUs) continue;
    count += 1;
    if (state[row] === slotStates.late || state[row] === slotStates.absent) badCount += 1;
  }
  return badCount < rhythmBadShareMax * count;
}

function namedRhythm(
  { periodUs, spreadUs, phaseUs }: Rhythm,
  metric: string,
  { causes, windows }: Found,
): Verdict["rhythm"] {
  const cause = causes.find(({ code }) => code === metric);
  const [evidence] = cause?.evidence ?? [];
  const candidates = candidatesOf({ periodUs, code: cause?.code }, windows);
  return {
    period_ms: millis(periodUs),
    spread_ms: millis(spreadUs),
    phase_ms: millis(phaseUs),
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
