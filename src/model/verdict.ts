/**
 * The verdict on a stretch of a stream: facts and codes, no sentences. The texts are in the
 * catalogues of both languages. Codes are only ever added.
 */
import { type Static, Type } from "@sinclair/typebox";
import { RowsUntilMs, Unread } from "./unread.ts";

/** `cannot_tell` if there is too little to judge. */
export const verdictQualities = ["smooth", "stutter", "bad", "cannot_tell"] as const;
export type VerdictQuality = (typeof verdictQualities)[number];

export const causeCodes = [
  "source_still",
  "source_slow_rate",
  "source_slow_capture",
  "encoder_slow",
  "key_frames",
  "machine_busy",
  "machine_throttled",
  "host_paused",
  "own_pause",
  "bitrate_too_low",
  "link_narrow",
  "link_loss",
  "link_jitter",
  "player_slow",
  "player_still",
] as const;
/** What made frames late or absent. */
export type CauseCode = (typeof causeCodes)[number];

export function isCauseCode(text: string | undefined): text is CauseCode {
  return causeCodes.some((code) => code === text);
}

/** Causes that blame the capacity of a part: one slow frame does not show that. */
export const capacityCauses = ["source_slow_capture", "encoder_slow", "player_slow"] as const;
export type CapacityCause = (typeof capacityCauses)[number];

export function isCapacityCause(code: CauseCode): code is CapacityCause {
  return capacityCauses.some((one) => one === code);
}

/** What to do about a cause. */
const stepCodes = [
  "match_source_rate",
  "faster_preset",
  "smaller_mode",
  "lower_bitrate",
  "raise_bitrate",
  "more_parity",
  "more_pacing",
  "free_the_cores",
  "report_bug",
  "check_wireless",
  "bring_player_to_front",
  "check_source",
  "undo_change",
  "play_elsewhere",
  "free_the_player",
] as const;
/** How packets were lost. */
export const lossPatterns = ["random", "bursts", "key_frames", "frame_starts", "outage"] as const;
export type LossPattern = (typeof lossPatterns)[number];

const count = (description: string) => Type.Integer({ minimum: 0, description });
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const millis = (description: string) => Type.Number({ minimum: 0, description });

export const Evidence = Type.Object(
  {
    metric: Type.String({
      description: "A column of the rows, the samples or the machine’s figures",
    }),
    usual: Type.Optional(Type.Number({ description: "Median of the frames in time" })),
    seen: Type.Number({ description: "Median of the frames that this cause made late or absent" }),
    unit: Type.String({ description: "us, kbps, share, count or fps" }),
  },
  { $id: "Evidence", description: "The figure that decided" },
);
export type Evidence = Static<typeof Evidence>;

/** Settings whose change can be the start of a cause. */
export const changedSettings = [
  "encoder_preset",
  "bitrate_kbps",
  "fps_cap",
  "pacing_share",
  "parity_percent_min",
  "parity_percent_max",
] as const;
const settingValue = Type.Union([Type.String({ maxLength: 128 }), Type.Number()]);

export const SettingChange = Type.Object(
  {
    at_ms: millis("When it was changed"),
    setting: Type.Union(changedSettings.map((name) => Type.Literal(name))),
    from: settingValue,
    to: settingValue,
  },
  { $id: "SettingChange", description: "A setting that was changed while the stream was running" },
);
/** A change of a setting, as in the timeline. */
export type SettingChange = Static<typeof SettingChange>;

export const Cause = Type.Object(
  {
    code: Type.Union(causeCodes.map((code) => Type.Literal(code))),
    share: share("Its share of the excess of all bad frames"),
    episodes: count("Number of episodes that it began"),
    worst_ms: millis("When its worst frame was due"),
    worst_late_ms: millis("How much later than usual that frame was"),
    evidence: Type.Array(Evidence),
    momentary: Type.Optional(
      Type.Literal(true, {
        description:
          "Only a few frames were slow: mode and preset are not to blame; otherwise absent",
      }),
    ),
    preset: Type.Optional(
      Type.String({
        description:
          "Encoder preset of the stream, if a faster one would keep up with the mode; otherwise absent",
      }),
    ),
    loss: Type.Optional(
      Type.Union(
        lossPatterns.map((pattern) => Type.Literal(pattern)),
        {
          description:
            "How packets were lost: at random, in bursts, mostly with key frames (whose loss requests the next one), or the first packets of frames; or the link carried nothing for a time; absent if too few to tell",
        },
      ),
    ),
    player_local: Type.Optional(
      Type.Literal(true, {
        description:
          "The player runs on the same busy machine and may be taking the cores; otherwise absent",
      }),
    ),
    player_busy: Type.Optional(
      Type.Literal(true, {
        description:
          "The player waited for a core, as other programs were using its machine; otherwise absent",
      }),
    ),
    since: Type.Optional(SettingChange),
    step: Type.Optional(
      Type.Object({
        code: Type.Union(stepCodes.map((code) => Type.Literal(code))),
        values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
      }),
    ),
  },
  { $id: "Cause", description: "What made frames late or absent, with the figure that shows it" },
);
/** One cause, with its cost and its evidence. */
export type Cause = Static<typeof Cause>;

export const Cadence = Type.Object(
  {
    source_fps: Type.Number({ minimum: 0, description: "New frames per second at the source" }),
    sent_fps: Type.Number({ minimum: 0, description: "New frames per second as sent" }),
    shown_fps: Type.Optional(
      Type.Number({
        minimum: 0,
        description: "New frames per second as displayed; only if reported",
      }),
    ),
    source_cv: Type.Number({ minimum: 0, description: "Unevenness of new pictures at the source" }),
    shown_cv: Type.Optional(
      Type.Number({ minimum: 0, description: "Unevenness of new pictures as displayed" }),
    ),
    mad_ms: millis("Median absolute deviation of the intervals between new pictures"),
    pattern: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1 }), {
        description: "Slots for which each picture is held, as a repeating pattern",
      }),
    ),
    beat_s: Type.Optional(
      Type.Number({ minimum: 0, description: "One picture is held twice this often" }),
    ),
    uneven: Type.Optional(
      Type.Union([Type.Literal("source"), Type.Literal("way")], {
        description:
          "Where intervals between new pictures are uneven: at the source, or only when displayed; absent if even",
      }),
    ),
  },
  { $id: "Cadence", description: "How evenly new pictures arrived" },
);
export type Cadence = Static<typeof Cadence>;

export const rhythmCandidates = [
  "wireless_scan",
  "disk_job",
  "timer",
  "collector",
  "key_frames",
] as const;
/** Known sources of a period. */
export type RhythmCandidate = (typeof rhythmCandidates)[number];

const byPart = Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
  description: "Mean time of each part, µs; they add up to the whole",
});
const stack = { frames: count("Number of frames"), parts: byPart };

export const FrameProfile = Type.Object(
  {
    usual: Type.Object(stack, { description: "New frames in time" }),
    bad: Type.Object(stack, { description: "Frames that were late or absent, but encoded" }),
    tail: Type.Object(
      {
        ...stack,
        from_us: count("From due until the known end, for the fastest of them"),
        blame: Type.Record(Type.String(), share("Share of their excess over the usual"), {
          description: "By part of a frame’s time",
        }),
        causes: Type.Array(
          Type.Object({
            code: Type.String({ description: "A cause, in_time, or unknown" }),
            frames: count("Frames in episodes of this cause"),
          }),
        ),
      },
      { description: "The slowest 1% of frames" },
    ),
  },
  { $id: "FrameProfile", description: "Composition of frame times, part by part" },
);
/** Usual, bad and slowest frames side by side. */
export type FrameProfile = Static<typeof FrameProfile>;

export const Verdict = Type.Object(
  {
    version: Type.Literal(1),
    from_ms: millis("Start of the range, since the capture began"),
    to_ms: millis("End of the range"),
    session_id: count("Id of the session"),
    quality: Type.Union(verdictQualities.map((quality) => Type.Literal(quality))),
    frames: Type.Object({
      slots: count("Slots of the grid"),
      in_time: count("Frames sent (or displayed, if known) within one frame interval of the usual"),
      late: count("Frames more than one interval later than usual"),
      absent: count("Frames missed, dropped, refused, lost or skipped"),
      old: count("Repeats while the source was moving"),
    }),
    usual_ms: Type.Optional(millis("Median time from due until the known end")),
    measured_until: Type.Union(
      [Type.Literal("handed_over"), Type.Literal("complete"), Type.Literal("shown")],
      { description: "The end point to which lateness is measured" },
    ),
    worst: Type.Optional(
      Type.Object(
        {
          at_ms: millis("When it was due, or a freeze began"),
          late_ms: millis("How much later than usual it was, or the length of the freeze"),
        },
        {
          description: "The worst moment, even if in time; absent if nothing was later than usual",
        },
      ),
    ),
    lower_bounds: Type.Optional(
      Type.Array(Type.Union([Type.Literal("late"), Type.Literal("absent")]), {
        description:
          "Counts of `frames` that are lower bounds, because the player does not report single frames",
      }),
    ),
    freezes: Type.Object({
      count: count("Freezes"),
      ms: millis("Their total length"),
      list: Type.Optional(
        Type.Array(Type.Object({ from_ms: millis("Start"), to_ms: millis("End") }), {
          description: "The longest 200, in order of time",
        }),
      ),
    }),
    causes: Type.Array(Cause, { description: "Causes, largest share first" }),
    coarse: Type.Optional(
      Type.Literal(true, {
        description: "The bitrate was far too low for a fine picture; otherwise absent",
      }),
    ),
    unexplained: share("Share of the excess that no cause explains"),
    cannot_tell: Type.Array(
      Type.Object({
        between: Type.Array(Type.Union(causeCodes.map((code) => Type.Literal(code)))),
        for_lack_of: Type.String({ description: "The figure that would decide" }),
      }),
    ),
    rhythm: Type.Optional(
      Type.Object({
        period_ms: millis("Period, from one episode to the next"),
        spread_ms: millis("Standard deviation from that grid"),
        phase_ms: millis("When the first episode of the grid began"),
        metric: Type.String({ description: "Cause of most of its episodes" }),
        evidence: Type.Optional(Evidence),
        candidates: Type.Optional(
          Type.Array(Type.Union(rhythmCandidates.map((code) => Type.Literal(code))), {
            description: "Known causes of such a period, likeliest first",
          }),
        ),
      }),
    ),
    cadence: Type.Optional(Cadence),
    episodes: Type.Array(
      Type.Object({
        from_ms: millis("Due time of its first bad frame"),
        to_ms: millis("Due time of its last bad frame"),
        frames: count("Bad frames in it"),
        code: Type.Optional(Type.Union(causeCodes.map((code) => Type.Literal(code)))),
      }),
      { description: "Episodes of bad frames, the worst 200, in order of time" },
    ),
    profile: Type.Optional(FrameProfile),
    blame: Type.Record(Type.String(), share("Share of all excess"), {
      description: "By part of a frame’s time; with unaccounted, they add up to 1",
    }),
    unread: Type.Optional(Unread),
    rows_until_ms: Type.Optional(RowsUntilMs),
  },
  { $id: "Verdict", description: "What was at fault, with the figures that show it" },
);
/** What was at fault in a range. */
export type Verdict = Static<typeof Verdict>;
