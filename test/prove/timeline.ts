/**
 * A minute of play between two network namespaces, in which everything is done that a timeline tells
 * of: a bitrate and a preset are changed, the kernel loses packets, a moment is marked. Then each is
 * looked for at its time, by the clock of the one that did it and by the host's own log, and before and
 * after of the bitrate has to have the right sign and size. Needs root, nftables and iproute2.
 */
import type { CaptureMeta } from "../../src/model/capture.ts";
import type { ComparedMetric, Comparison } from "../../src/model/comparison.ts";
import type { HostAction, Timeline, TimelineEvent } from "../../src/model/timeline.ts";
import { NetworkRun } from "../support/network-run.ts";

const fromKbps = 4000;
const toKbps = 1500;
const sideSeconds = 25;
const settleSeconds = 2;
const lossSeconds = 3;
const lossPercent = 20;

export type TimelineResult = {
  readonly seconds: number;
  /** How far events lie from what was done, at most, and from the host's log. */
  readonly doneDistanceMs: number;
  readonly logDistanceMs: number;
  /** Media rate, and target bitrate, after minus before. */
  readonly mbps: Verdict | undefined;
  readonly bitrateKbps: Verdict | undefined;
  /** Packets of the bursts that were reported, and what the kernel lost. */
  readonly burstPackets: number;
  readonly lostCount: number;
  /** Bursts and key frames lie where they were made. */
  readonly isLossInPlace: boolean;
  readonly resetReasons: readonly string[];
  readonly marks: readonly string[];
};

type Verdict = Pick<ComparedMetric, "difference" | "low" | "high" | "verdict">;
type Done = { readonly atMs: number; readonly event: (event: HostAction) => boolean };

export async function measureTimeline(): Promise<TimelineResult> {
  await using run = await NetworkRun.start();
  const begunMs = Date.now();
  const done: Done[] = [];
  const act = async (event: Done["event"], work: () => Promise<unknown>) => {
    done.push({ atMs: Date.now(), event });
    await work();
  };
  const [session] = JSON.parse(await run.call("GET", "sessions"));
  await pass(sideSeconds + 1);
  const bitrate = { bitrate_kbps: toKbps };
  await act(
    (event) => event.type === "stream" && event.action === "bitrate_changed",
    () => run.call("POST", `sessions/${session.session_id}/bitrate`, bitrate),
  );
  await pass(settleSeconds + sideSeconds + 3);
  const lossFromMs = Date.now();
  const { lostCount } = await run.lose(lossPercent, lossSeconds);
  const lossToMs = Date.now();
  await act(
    (event) => event.type === "state_change" && event.key === "settings.encoder_preset",
    () => run.call("PATCH", "settings", { encoder_preset: "veryfast" }),
  );
  await pass(3);
  await run.call("POST", "timeline/checkpoint", { id: "mine", label: "here" });
  await pass(Math.max(0, 60 - (Date.now() - begunMs) / 1000));
  const meta: CaptureMeta = JSON.parse(await run.call("POST", "stats/capture/stop"));
  const path = `stats/recordings/${meta.id}`;
  const timeline: Timeline = JSON.parse(await run.call("GET", `${path}/timeline`));
  return {
    seconds: Math.round(meta.duration_ms / 1000),
    ...distances(timeline, done, run),
    ...(await verdictsOf(run, path, timeline)),
    ...lossOf(timeline, { lossFromMs, lossToMs }),
    lostCount,
    resetReasons: timeline.events.flatMap(({ event }) =>
      event.type === "stream" && event.action === "encoder_reset" ? [event.reason ?? ""] : [],
    ),
    marks: timeline.checkpoints.flatMap(({ id }) => (id === "mine" ? [id] : [])),
  };
}

function pass(seconds: number): Promise<void> {
  return Bun.sleep(seconds * 1000);
}

const dateOf = ({ timestamp }: TimelineEvent) => Date.parse(timestamp);

function distances({ events }: Timeline, done: readonly Done[], run: NetworkRun) {
  const found = done.map(({ atMs, event }) => {
    const told = events.find((one) => event(one.event));
    return told === undefined ? Number.POSITIVE_INFINITY : Math.abs(dateOf(told) - atMs);
  });
  const logged = (event: string) => run.log.lines(event).map(({ at }) => Date.parse(at));
  const pairs = [
    [events.filter(({ event }) => event.type === "session"), logged("session started")],
    [
      events.filter(
        ({ event }) => event.type === "state_change" && event.key.startsWith("settings"),
      ),
      logged("settings changed"),
    ],
  ] as const;
  const beside = pairs.flatMap(([told, lines]) =>
    told.map((event, place) => Math.abs(dateOf(event) - (lines[place] ?? Number.NaN))),
  );
  return { doneDistanceMs: Math.max(...found), logDistanceMs: Math.max(...beside) };
}

async function verdictsOf(run: NetworkRun, path: string, { checkpoints }: Timeline) {
  const before = checkpoints.find(({ label }) => label?.startsWith("before bitrate"));
  const query = new URLSearchParams({
    checkpoint: before?.id ?? "",
    seconds: String(sideSeconds),
    settle_ms: String(settleSeconds * 1000),
  });
  const compared: Comparison = JSON.parse(await run.call("GET", `${path}/before-after?${query}`));
  const of = (name: string): Verdict | undefined => {
    const found = compared.metrics.find(({ metric }) => metric === name);
    if (found === undefined) return undefined;
    const { difference, low, high, verdict } = found;
    return {
      difference,
      ...(low === undefined ? {} : { low }),
      ...(high === undefined ? {} : { high }),
      verdict,
    };
  };
  return { mbps: of("mbps"), bitrateKbps: of("bitrate_kbps") };
}

/** Reports come twice a second, and are looked at when they arrive. */
const reportMs = 1500;

function lossOf({ events }: Timeline, loss: { lossFromMs: number; lossToMs: number }) {
  const bursts = events.flatMap((told) =>
    told.event.type === "stream" && told.event.action === "loss_burst"
      ? [{ atMs: dateOf(told), packets: told.event.packets ?? 0 }]
      : [],
  );
  const isInPlace = ({ atMs }: { atMs: number }) =>
    atMs >= loss.lossFromMs && atMs <= loss.lossToMs + reportMs;
  return {
    burstPackets: bursts.reduce((sum, { packets }) => sum + packets, 0),
    isLossInPlace: bursts.length > 0 && bursts.every(isInPlace),
  };
}

/** Both are written within a turn of the host's main thread; a command takes its time to get there. */
const distanceMsMax = { done: 1000, log: 250 } as const;
/** The encoder meets its target within so much. */
const rateToleranceShare = 0.3;

/** One sentence for each thing that does not hold. */
export function timelineFaultsOf(result: TimelineResult): string[] {
  const { mbps, bitrateKbps, burstPackets, lostCount } = result;
  const wantedMbps = (toKbps - fromKbps) / 1000;
  const faults: [holds: boolean, fault: string][] = [
    [result.seconds >= 60, `the capture lasted ${result.seconds} s`],
    [result.doneDistanceMs <= distanceMsMax.done, `an event lies ${result.doneDistanceMs} ms off`],
    [result.logDistanceMs <= distanceMsMax.log, `the log differs by ${result.logDistanceMs} ms`],
    [bitrateKbps?.difference === toKbps - fromKbps, "the target's difference is wrong"],
    [bitrateKbps?.verdict === "lower", "the target is not told as lower"],
    [mbps?.verdict === "lower", "the rate is not told as lower"],
    [
      Math.abs((mbps?.difference ?? 0) - wantedMbps) <= -wantedMbps * rateToleranceShare,
      `the rate fell by ${mbps?.difference} Mbit/s instead of ${wantedMbps}`,
    ],
    [burstPackets <= lostCount, `bursts of ${burstPackets} packets, of ${lostCount} lost`],
    [burstPackets >= lostCount / 2, `bursts of ${burstPackets} packets, of ${lostCount} lost`],
    [result.isLossInPlace, "the loss is reported at another time"],
    [
      result.resetReasons.join() === "preset default to veryfast",
      `the encoder was reset for "${result.resetReasons.join()}"`,
    ],
    [result.marks.length === 1, "the mark is not there"],
  ];
  return faults.flatMap(([holds, fault]) => (holds ? [] : [fault]));
}
