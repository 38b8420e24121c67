/**
 * What is done in the console, told to the timeline as the call of the API that it stands for: who
 * reads a recording, or does it again, need not know which way a change came. Answers are those that
 * the API gives; a test holds the two side by side.
 */
import type { Clock } from "../base/clock.ts";
import type { Failure } from "../base/failure.ts";
import type { PinEntry } from "../model/player.ts";
import { type Answer, type Call, done, ok, Teller } from "./edge/call-recorder.ts";
import { bodyOfError } from "./edge/problem.ts";
import type { Parts } from "./parts.ts";
import { noSession } from "./routes/host.ts";
import { nobodyWaits, noClient, noWaiting } from "./routes/players.ts";
import { noRecording } from "./routes/recordings.ts";
import { noStream } from "./routes/watch.ts";

type Acting = Pick<Parts, "stats" | "sessions" | "players" | "settings" | "streams" | "timeline">;

/** The parts of the console that change something, and those it needs beside them, all recorded. */
export function recordedActions(parts: Acting, clock: Clock) {
  const teller = new Teller(parts.timeline, clock);
  return {
    stats: recordedStats(parts, teller),
    sessions: recordedSessions(parts, teller),
    players: recordedPlayers(parts, teller),
    settings: recordedSettings(parts, teller),
    streams: recordedStreams(parts, teller),
    timeline: recordedTimeline(parts, teller),
  };
}

/** What the API answers where there is nothing of this id. */
function missing(failure: Failure): Answer {
  return bodyOfError(failure);
}

function recordedStats({ stats }: Acting, teller: Teller) {
  const capture = "/api/v1/stats/capture";
  return {
    start: () =>
      teller.later({ method: "POST", route: `${capture}/start` }, () => stats.start(), ok),
    stop: () =>
      teller.later(
        { method: "POST", route: `${capture}/stop` },
        () => stats.stop(),
        (meta) => (meta === undefined ? done : ok(meta)),
      ),
    remove: (id: string) =>
      teller.later(
        { method: "DELETE", route: "/api/v1/stats/recordings/:id", id },
        () => stats.remove(id),
        (removed) => (removed ? done : missing(noRecording(id))),
      ),
    status: () => stats.status(),
    live: () => stats.live(),
  };
}

function recordedSessions({ sessions }: Acting, teller: Teller) {
  const route = "/api/v1/sessions/:id";
  const change = (id: number, call: Omit<Call, "id">, act: () => boolean) =>
    teller.now({ ...call, id }, act, (found) => (found ? done : missing(noSession(`${id}`))));
  return {
    sessions: () => sessions.sessions(),
    requestIdr: (id: number) =>
      change(id, { method: "POST", route: `${route}/idr` }, () => sessions.requestIdr(id)),
    setBitrate: (id: number, kbps: number) =>
      change(id, { method: "POST", route: `${route}/bitrate`, body: { bitrate_kbps: kbps } }, () =>
        sessions.setBitrate(id, kbps),
      ),
    disconnect: (id: number) =>
      change(id, { method: "DELETE", route }, () => sessions.disconnect(id)),
  };
}

function recordedPlayers({ players }: Acting, teller: Teller) {
  const pairing = "/api/v1/pairing";
  return {
    clients: () => players.clients(),
    pairingCode: () => players.pairingCode(),
    waitingPlayers: () => players.waitingPlayers(),
    removeClient: (id: string) =>
      teller.later(
        { method: "DELETE", route: "/api/v1/clients/:id", id },
        () => players.removeClient(id),
        (removed) => (removed ? done : missing(noClient(id))),
      ),
    createPairingCode: () =>
      teller.later({ method: "POST", route: pairing }, () => players.createPairingCode(), ok),
    cancelPairing: () =>
      teller.later(
        { method: "DELETE", route: pairing },
        () => players.cancelPairing(),
        () => done,
      ),
    submitPin: (entry: PinEntry) =>
      teller.later(
        { method: "POST", route: `${pairing}/pin`, body: entry },
        () => players.submitPin(entry),
        (taken) => (taken ? { status: 202 } : missing(nobodyWaits())),
      ),
    refuseWaiting: (id: number) =>
      teller.later(
        { method: "DELETE", route: `${pairing}/waiting/:id`, id },
        () => players.refuseWaiting(id),
        (refused) => (refused ? done : missing(noWaiting(`${id}`))),
      ),
  };
}

function recordedSettings({ settings }: Acting, teller: Teller) {
  const call = { method: "PATCH", route: "/api/v1/settings" } as const;
  return {
    current: () => settings.current(),
    change: (...[change, actor]: Parameters<typeof settings.change>) =>
      teller.later({ ...call, body: change }, () => settings.change(change, actor), ok),
  };
}

function recordedStreams({ streams }: Acting, teller: Teller) {
  const route = "/api/v1/streams";
  return {
    streams: () => streams.streams(),
    open: (request: Parameters<typeof streams.open>[0]) =>
      teller.later({ method: "POST", route, body: request }, () => streams.open(request), ok),
    close: (id: number) =>
      teller.later(
        { method: "DELETE", route: `${route}/:id`, id },
        () => streams.close(id),
        (closed) => (closed ? done : missing(noStream(`${id}`))),
      ),
  };
}

function recordedTimeline({ timeline }: Acting, teller: Teller) {
  const route = "/api/v1/timeline";
  return {
    isRecording: () => timeline.isRecording(),
    status: () => timeline.status(),
    reading: (of?: string) => timeline.reading(of),
    start: (id: string | undefined) =>
      teller.now(
        { method: "POST", route: `${route}/start`, body: id === undefined ? {} : { id } },
        () => timeline.start(id),
        ok,
      ),
    stop: () =>
      teller.now(
        { method: "POST", route: `${route}/stop` },
        () => timeline.stop(),
        (stopped) => (stopped === undefined ? done : ok(stopped)),
      ),
    checkpoint: (request: Parameters<typeof timeline.checkpoint>[0]) =>
      teller.now(
        { method: "POST", route: `${route}/checkpoint`, body: request },
        () => timeline.checkpoint(request),
        ok,
      ),
  };
}
