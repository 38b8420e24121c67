/** The advice for each cause, with values from this stream's figures. */
import { frameFates } from "../model/frames.ts";
import { presetsOfX26x } from "../model/settings.ts";
import type { Cause, CauseCode } from "../model/verdict.ts";
import { middle } from "./evidence.ts";
import type { StreamFacts } from "./input.ts";
import type { Judged } from "./judge.ts";
import { isEncoderFull } from "./momentary.ts";
import type { Traits } from "./traits.ts";
import type { Windows } from "./windows.ts";

type Step = NonNullable<Cause["step"]>;

type Context = {
  readonly stream: StreamFacts;
  readonly judged: Judged;
  readonly windows: Windows;
  /** Bad rows charged to the cause. */
  readonly rows: readonly number[];
  readonly traits: Traits;
};

const missed = frameFates.indexOf("missed");
const presets: readonly string[] = presetsOfX26x;
const sizes = [
  [3840, 2160],
  [2560, 1440],
  [1920, 1080],
  [1280, 720],
  [960, 540],
  [640, 360],
] as const;
/** A stream that uses this share of its interval for encoding has room for a key frame. */
const encodeShareMax = 0.6;
/** Reserve of the link's capacity: for key frames and other traffic. */
const linkShare = 0.8;
/** Of a frame's packets: losses on a narrow link bring as much parity as the settings allow. */
const parityShareMax = 0.5;
/** Further advice, whose effect onglass cannot estimate. */
const hardware = { other: "hardware_encoder" } as const;
const others = {
  encode: hardware,
  capture: { other: "capture_way" },
  display: {},
} as const;

/** `undefined` if nothing known to onglass would help. */
export function stepFor(code: CauseCode, context: Context): Step | undefined {
  switch (code) {
    case "source_still":
      return { code: "check_source", values: {} };
    case "source_slow_rate":
      return { code: "match_source_rate", values: { fps: sourceFps(context) } };
    case "encoder_slow":
      return fasterEncoding(context);
    case "source_slow_capture":
      return smallerMode(context, "capture");
    case "key_frames":
      return gentlerBursts(context);
    case "machine_busy":
      return stepAgainstLoad(context);
    case "own_pause":
      return { code: "report_bug", values: {} };
    case "link_narrow":
      return { code: "lower_bitrate", values: { bitrate_kbps: fittingKbps(context) } };
    case "link_loss":
      return stepAgainstLoss(context);
    case "link_jitter":
      return { code: "check_wireless", values: {} };
    case "player_slow":
      return context.traits.player_busy
        ? { code: "free_the_player", values: {} }
        : smallerMode(context, "display");
    case "player_still":
      return { code: "bring_player_to_front", values: {} };
    default:
      return undefined;
  }
}

/** A preset that leaves no room for anything else is what onglass itself can change. */
function stepAgainstLoad(context: Context): Step {
  const isSlowPreset = presets.indexOf(context.stream.preset ?? "ultrafast") > 0;
  if (isSlowPreset && isEncoderFull(context.judged)) return fasterEncoding(context);
  return { code: context.traits.player_local ? "play_elsewhere" : "free_the_cores", values: {} };
}

/**
 * Parity repairs packets that are lost one by one; a burst takes more of a frame than it can
 * restore.
 */
function stepAgainstLoss(context: Context): Step {
  const { loss } = context.traits;
  if (loss === "key_frames") return gentlerBursts(context);
  if (loss === "bursts") return { code: "check_wireless", values: {} };
  if (loss === "outage") return { code: "check_wireless", values: { loss } };
  return { code: "more_parity", values: { loss_percent: lossPercent(context) } };
}

/** Spread packets over more of the frame time; fewer of them, if they already are. */
function gentlerBursts(context: Context): Step {
  return {
    code: "more_pacing",
    values: { pacing_share: 0.5, bitrate_kbps: fittingKbps(context) },
  };
}

/** Of the slots in which the source was looked at: its state in a missed one is unknown. */
function sourceFps({ judged, stream }: Context): number {
  const { columns, count } = judged.table;
  let [newCount, seenCount] = [0, 0];
  for (let row = 0; row < count; row++) {
    if (columns.fate[row] === missed) continue;
    seenCount += 1;
    if (columns.repeat[row] === 0) newCount += 1;
  }
  const share = newCount / Math.max(1, seenCount);
  return Math.min(stream.fps, Math.max(1, Math.round(share * stream.fps)));
}

function fasterEncoding(context: Context): Step {
  const place = presets.indexOf(context.stream.preset ?? "ultrafast");
  const encodeUs = timeSeen(context, "encode");
  const roomUs = context.judged.intervalUs * encodeShareMax;
  // Each preset of x264 takes about a third less than the next.
  const steps = Math.max(1, Math.ceil(Math.log(Math.max(1, encodeUs / roomUs)) / Math.log(1.4)));
  if (place <= 0) return smallerMode(context, "encode");
  const preset = presets[Math.max(0, place - steps)] ?? "ultrafast";
  // The fastest may not be fast enough: then only another encoder is.
  return { code: "faster_preset", values: { preset, ...(steps > place ? hardware : {}) } };
}

/** Of the frames that were made: an empty slot took no time at all. */
function timeSeen({ judged, rows }: Context, part: "encode" | "capture" | "display"): number {
  const made = rows.filter((row) => !Number.isNaN(judged.handedUs[row]));
  return middle(made.map((row) => judged.parts[part][row] ?? 0));
}

/**
 * The largest usual size whose pixels this part could have processed in its share of an interval.
 */
function smallerMode(context: Context, part: "encode" | "capture" | "display"): Step {
  const { stream, judged } = context;
  const seenUs = timeSeen(context, part);
  const share = Math.min(0.75, (judged.intervalUs * encodeShareMax) / Math.max(1, seenUs));
  const pixels = stream.width * stream.height * share;
  const [width, height] = sizes.find(([w, h]) => w * h <= pixels) ?? [640, 360];
  return { code: "smaller_mode", values: { width, height, fps: stream.fps, ...others[part] } };
}

/** The player's reception in windows of loss and growing round trips, minus a reserve. */
function fittingKbps({ windows, judged, rows, stream }: Context): number {
  const due = judged.table.columns.due_us;
  const bad = [...new Set(rows.flatMap((row) => windows.at(due[row] ?? 0) ?? []))];
  const carried = middle(bad.map(({ mbps }) => mbps * 1000)) * deliveredShare(judged, rows);
  const kbps = carried * linkShare * parityRoom(judged, rows);
  const half = middle(bad.map(({ bitrate_kbps }) => bitrate_kbps)) / 2;
  const least = Math.ceil((0.015 * stream.width * stream.height * stream.fps) / 1000);
  return Math.max(300, Math.min(least, half), Math.round((kbps || half) / 100) * 100);
}

/**
 * The part of the rate that parity at its maximum leaves to the picture, compared with these rows.
 */
function parityRoom({ table: { columns } }: Judged, rows: readonly number[]): number {
  let [packets, parity] = [0, 0];
  for (const row of rows) {
    packets += columns.packets[row] || 0;
    parity += columns.parity[row] || 0;
  }
  if (parity === 0) return 1;
  const share = parity / Math.max(1, packets);
  return (1 + share) / (1 + Math.max(share, parityShareMax));
}

function deliveredShare({ table }: Judged, rows: readonly number[]): number {
  let lost = 0;
  let packets = 0;
  for (const row of rows) {
    lost += table.columns.lost_packets[row] || 0;
    packets += (table.columns.packets[row] || 0) + (table.columns.parity[row] || 0);
  }
  return packets === 0 ? 1 : Math.max(0.2, 1 - lost / packets);
}

/** Of the windows in which frames were lost: the link's earlier state says nothing about it. */
function lossPercent({ judged, windows, rows }: Context): number {
  const { due_us, lost_packets, packets, parity } = judged.table.columns;
  const windowOf = (row: number) => windows.at(due_us[row] ?? 0);
  const lossy = new Set(rows.map(windowOf));
  let lost = 0;
  let all = 0;
  for (let row = 0; row < judged.table.count; row++) {
    if (!lossy.has(windowOf(row))) continue;
    lost += lost_packets[row] || 0;
    all += (packets[row] || 0) + (parity[row] || 0);
  }
  return all === 0 ? 0 : Math.round((lost / all) * 1000) / 10;
}
