/**
 * What the machine did during each window of each session: two readings and the difference. The
 * machine is read at most once in a quarter of a second, however many sessions there are.
 */
import { networkInterfaces } from "node:os";
import type { Clock } from "../base/clock.ts";
import type { Scheduler } from "../base/scheduler.ts";
import { ThreadTimes } from "../base/thread-times.ts";
import type { Machine } from "../model/machine.ts";
import type { MachineTelling, MachineTotals, ThreadSeconds } from "../ports/machine.ts";
import type { Collected, CollectorWatch } from "./collector.ts";
import type { MachineFiles, MachineReading } from "./files.ts";
import { interfaceTo, readRoutes, readRoutes6 } from "./parse.ts";
import { PauseWatch } from "./pause-watch.ts";
import { totalsOf } from "./totals.ts";

/** A reading that is no older is still current. */
const freshUs = 250_000;
const ticksPerSecond = 100;
const sessionCountMax = 500;
const interfaceCountMax = 16;

/** Linux's numbers of a session's threads. */
export type WatchedThreads = {
  readonly encode?: number | undefined;
  readonly send?: number | undefined;
};

const loopback = "lo";

/** Figures of a window, some of which may be unknown. */
type Figures = { readonly [Name in keyof Machine]?: Machine[Name] | undefined };

type ThreadRun = { readonly ranNs: number; readonly waitedNs: number };
type SessionReading = {
  readonly atUs: number;
  readonly reading: MachineReading;
  readonly encode: ThreadRun | undefined;
  readonly send: ThreadRun | undefined;
};
type Watched = {
  readonly threads: WatchedThreads;
  interfaceName: string | undefined;
  before: SessionReading;
  /** Of the collector, at the last query. */
  collected: Collected | undefined;
};

/** Reads the machine for all sessions; one per host. */
export class MachineWatch implements MachineTelling {
  readonly #files: MachineFiles;
  readonly #clock: Clock;
  readonly #sessions = new Map<number, Watched>();
  readonly #pauseWatch: PauseWatch;
  readonly #collector: CollectorWatch | undefined;
  #reading: MachineReading | undefined;
  /** Longest pause of main since each session was last asked about. */
  readonly #pauses = new Map<number, number>();
  #pauseUs = 0;
  /** Of all sessions so far, up to the last window of each. */
  readonly #threads = { encode: { ranNs: 0, waitedNs: 0 }, send: { ranNs: 0, waitedNs: 0 } };
  /** Interfaces used by sessions. */
  readonly #interfaces = new Set<string>();

  /** @param options without a collector its runs are not measured */
  constructor(options: {
    files: MachineFiles;
    clock: Clock;
    scheduler: Scheduler;
    collector?: CollectorWatch;
    /** How long main ran or waited for a core; as reported by the kernel unless given. */
    busyUs?: () => number | undefined;
  }) {
    const { files, clock, scheduler, busyUs = readerOfBusy() } = options;
    this.#collector = options.collector;
    this.#files = files;
    this.#clock = clock;
    const onPause = (us: number) => this.#onPause(us);
    this.#pauseWatch = new PauseWatch({ clock, scheduler, busyUs, onPause });
  }

  /** A host without sessions reads nothing and does not wake up. */
  begin(sessionId: number, threads: WatchedThreads): void {
    if (this.#sessions.size >= sessionCountMax) return;
    const before = this.#readFor(threads);
    this.#collector?.start();
    const collected = this.#collector?.total();
    this.#sessions.set(sessionId, { threads, interfaceName: undefined, before, collected });
    this.#pauseWatch.start();
  }

  /** The player's address: from now on the figures of the interface that leads there count. */
  reached(sessionId: number, address: string): void {
    const watched = this.#sessions.get(sessionId);
    if (watched === undefined) return;
    const name = this.#interfaceOf(address);
    watched.interfaceName = name;
    if (name !== undefined && this.#interfaces.size < interfaceCountMax) this.#interfaces.add(name);
  }

  end(sessionId: number): void {
    const watched = this.#sessions.get(sessionId);
    if (watched !== undefined) this.#addThreads(watched.before, this.#readFor(watched.threads));
    this.#sessions.delete(sessionId);
    this.#pauses.delete(sessionId);
    if (this.#sessions.size > 0) return;
    this.#pauseWatch.stop();
    this.#collector?.stop();
  }

  /** Since the last query, or the session's start; `undefined` for one that is not watched. */
  next(sessionId: number): Machine | undefined {
    const watched = this.#sessions.get(sessionId);
    if (watched === undefined) return undefined;
    const before = watched.before;
    const now = this.#readFor(watched.threads);
    watched.before = now;
    this.#addThreads(before, now);
    const pauseUs = this.#pauses.get(sessionId);
    this.#pauses.delete(sessionId);
    const { interfaceName: name } = watched;
    return defined({
      ...machineBetween(before.reading, now.reading),
      ...threadsBetween(before, now),
      ...interfaceBetween(before.reading, now.reading, watched.interfaceName),
      player_local: watched.interfaceName === loopback ? true : undefined,
      interface_speed_mbps: name === undefined ? undefined : this.#files.interfaceSpeed(name),
      wireless_bitrate_mbps: name === undefined ? undefined : this.#files.wirelessMbps(name),
      main_pause_us: pauseUs,
      ...this.#collectedFor(watched),
    });
  }

  /** Runs of the main thread's collector since this session's last query. */
  #collectedFor(watched: Watched): Figures {
    const now = this.#collector?.total();
    const before = watched.collected;
    watched.collected = now;
    if (now === undefined || before === undefined) return {};
    return {
      main_collector_run_count: now.runCount - before.runCount,
      main_collector_us: Math.round(now.us - before.us),
    };
  }

  /** Current values, for readers of totals. */
  totals(): MachineTotals {
    const reading = this.#files.read(this.#clock.nowUs());
    const { encode, send } = this.#threads;
    const { mainRanNs: ranNs, mainWaitedNs: waitedNs } = reading;
    return totalsOf(reading, {
      process: this.#files.process(),
      threads: {
        encode: secondsOf(encode),
        send: secondsOf(send),
        main:
          ranNs === undefined || waitedNs === undefined
            ? undefined
            : secondsOf({ ranNs, waitedNs }),
      },
      mainPauseSeconds: this.#pauseUs / 1e6,
      collector: collectorSeconds(this.#collector?.total()),
      interfaces: [...this.#interfaces].map((name) => ({
        name,
        speedMbps: this.#files.interfaceSpeed(name),
        wirelessMbps: this.#files.wirelessMbps(name),
      })),
    });
  }

  /** An exited thread reports nothing: its last part is unknown. */
  #addThreads(before: SessionReading, now: SessionReading): void {
    for (const kind of ["encode", "send"] as const) {
      const total = this.#threads[kind];
      total.ranNs += grown(before[kind]?.ranNs, now[kind]?.ranNs) ?? 0;
      total.waitedNs += grown(before[kind]?.waitedNs, now[kind]?.waitedNs) ?? 0;
    }
  }

  #readFor(threads: WatchedThreads): SessionReading {
    const nowUs = this.#clock.nowUs();
    if (this.#reading === undefined || nowUs - this.#reading.atUs > freshUs) {
      this.#reading = this.#files.read(nowUs);
    }
    const thread = (id: number | undefined) =>
      id === undefined ? undefined : this.#files.thread(id);
    return {
      atUs: nowUs,
      reading: this.#reading,
      encode: thread(threads.encode),
      send: thread(threads.send),
    };
  }

  #onPause(us: number): void {
    this.#pauseUs += us;
    for (const id of this.#sessions.keys()) {
      this.#pauses.set(id, Math.max(this.#pauses.get(id) ?? 0, us));
    }
  }

  #interfaceOf(address: string): string | undefined {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
    const isOwn = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some((one) => one.address === plain),
    );
    if (isOwn || plain.startsWith("127.") || plain === "::1") return loopback;
    const routes = [...readRoutes(this.#files.routes()), ...readRoutes6(this.#files.routes6())];
    return interfaceTo(plain, routes);
  }
}

function readerOfBusy(): () => number | undefined {
  const times = new ThreadTimes();
  return () => times.busyUs();
}

function collectorSeconds(collected: Collected | undefined) {
  return collected && { runs: collected.runCount, seconds: collected.us / 1e6 };
}

function secondsOf({ ranNs, waitedNs }: ThreadRun): ThreadSeconds {
  return { ran: ranNs / 1e9, waited: waitedNs / 1e9 };
}

/** The machine and this process. */
function machineBetween(before: MachineReading, now: MachineReading): Figures {
  const lengthUs = now.atUs - before.atUs;
  if (lengthUs <= 0) return {};
  const share = (was: number | undefined, is: number | undefined) =>
    was === undefined || is === undefined ? undefined : clamp((is - was) / lengthUs, 1);
  const ticks = grown(before.process?.ticks, now.process?.ticks);
  const ranNs = grown(before.mainRanNs, now.mainRanNs);
  const { memory, gpu } = now;
  return {
    cpu_busy_share: busyShare(before, now),
    cpu_others_share: othersShare(before, now),
    cpu_process_cores:
      ticks === undefined ? undefined : round((ticks / ticksPerSecond) * (1e6 / lengthUs)),
    cpu_own_cores: ranNs === undefined ? undefined : round(ranNs / 1000 / lengthUs),
    main_run_delay_us: microsBetween(before.mainWaitedNs, now.mainWaitedNs),
    collector_run_delay_us: microsBetween(before.collectorWaitedNs, now.collectorWaitedNs),
    pressure_cpu_share: share(before.pressureUs.cpu, now.pressureUs.cpu),
    pressure_memory_share: share(before.pressureUs.memory, now.pressureUs.memory),
    pressure_io_share: share(before.pressureUs.io, now.pressureUs.io),
    cpu_mhz: now.mhz === undefined ? undefined : Math.round(now.mhz),
    cpu_max_mhz: now.mhzMax,
    cpu_throttle_count: grown(before.throttles, now.throttles),
    hottest_zone_celsius: now.hottestCelsius,
    memory_available_bytes: memory.availableBytes,
    major_fault_count: grown(before.process?.majorFaults, now.process?.majorFaults),
    swap_used_bytes: memory.swapUsedBytes,
    write_back_bytes: memory.writeBackBytes,
    udp_send_error_count: grown(before.udpSendErrors, now.udpSendErrors),
    udp_receive_error_count: grown(before.udpReceiveErrors, now.udpReceiveErrors),
    gpu_busy_share: gpu.busyShare,
    gpu_encoder_share: gpu.encoderShare,
    gpu_memory_bytes: gpu.memoryBytes,
    gpu_celsius: gpu.celsius,
    gpu_mhz: gpu.mhz,
    gpu_power_limit_watts: gpu.powerLimitWatts,
  };
}

function microsBetween(wasNs: number | undefined, isNs: number | undefined): number | undefined {
  const ns = grown(wasNs, isNs);
  return ns === undefined ? undefined : Math.round(ns / 1000);
}

function threadsBetween(before: SessionReading, now: SessionReading): Figures {
  const lengthUs = now.atUs - before.atUs;
  if (lengthUs <= 0) return {};
  const cores = (was: ThreadRun | undefined, is: ThreadRun | undefined) => {
    const ranNs = grown(was?.ranNs, is?.ranNs);
    return ranNs === undefined ? undefined : round(ranNs / 1000 / lengthUs);
  };
  return {
    cpu_encode_cores: cores(before.encode, now.encode),
    cpu_send_cores: cores(before.send, now.send),
    encode_run_delay_us: microsBetween(before.encode?.waitedNs, now.encode?.waitedNs),
    send_run_delay_us: microsBetween(before.send?.waitedNs, now.send?.waitedNs),
  };
}

function interfaceBetween(
  before: MachineReading,
  now: MachineReading,
  name: string | undefined,
): Figures {
  if (name === undefined) return {};
  const [was, is] = [before.interfaces.get(name), now.interfaces.get(name)];
  const [radioWas, radioIs] = [before.wireless.get(name), now.wireless.get(name)];
  return {
    interface_drop_count: grown(was?.drops, is?.drops),
    interface_error_count: grown(was?.errors, is?.errors),
    interface_sent_bytes: grown(was?.sentBytes, is?.sentBytes),
    interface_received_bytes: grown(was?.receivedBytes, is?.receivedBytes),
    wireless_signal_dbm: radioIs?.signalDbm,
    wireless_retry_count: grown(radioWas?.retries, radioIs?.retries),
    wireless_missed_beacon_count: grown(radioWas?.missedBeacons, radioIs?.missedBeacons),
  };
}

function busyShare(before: MachineReading, now: MachineReading): number | undefined {
  const busy = grown(before.cpu?.busy, now.cpu?.busy);
  const all = grown(before.cpu?.all, now.cpu?.all);
  return busy === undefined || all === undefined || all === 0 ? undefined : clamp(busy / all, 1);
}

/** Busy time of other processes; both are counted in the same ticks. */
function othersShare(before: MachineReading, now: MachineReading): number | undefined {
  const busy = grown(before.cpu?.busy, now.cpu?.busy);
  const all = grown(before.cpu?.all, now.cpu?.all);
  const own = grown(before.process?.ticks, now.process?.ticks);
  if (busy === undefined || own === undefined || all === undefined || all === 0) return undefined;
  return clamp((busy - own) / all, 1);
}

/** A counter that fell was reset: nothing is known about the time between. */
function grown(was: number | undefined, is: number | undefined): number | undefined {
  return was === undefined || is === undefined || is < was ? undefined : is - was;
}

function clamp(value: number, most: number): number {
  return round(Math.min(Math.max(0, value), most));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Without the fields that were not measured. */
function defined(fields: Figures): Machine {
  // Only what is undefined is taken away.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Machine;
}
