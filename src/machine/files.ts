/**
 * Public figures of the kernel, read as they are now. A missing or oversized file leaves its
 * figures out. Synchronous: these files are generated when read, some 20 µs each, without any disk.
 */
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { wirelessRate } from "../base/sockets.ts";
import type { ProcessFacts } from "../ports/machine.ts";
import { CollectorThreads } from "./collector-threads.ts";
import { Nvml } from "./nvml.ts";
import {
  type Interface,
  type Memory,
  readBootTime,
  readCount,
  readCpu,
  readInterfaces,
  readMemory,
  readOpenFileLimit,
  readOwnStat,
  readPressure,
  readProcess,
  readSchedule,
  readUdp6Errors,
  readUdpErrors,
  readWireless,
  shareOf,
  type Wireless,
} from "./parse.ts";

const textBytesMax = 256 * 1024;
const cpuCountMax = 1024;
/** Both are fixed on the machines that the executable runs on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** Counts only grow; all others are current values. */
export type MachineReading = {
  readonly atUs: number;
  readonly cpu: ReturnType<typeof readCpu>;
  readonly process: ReturnType<typeof readProcess>;
  readonly mainRanNs: number | undefined;
  readonly mainWaitedNs: number | undefined;
  readonly collectorWaitedNs: number | undefined;
  readonly pressureUs: Readonly<Record<"cpu" | "memory" | "io", number | undefined>>;
  readonly memory: Memory;
  readonly udpSendErrors: number | undefined;
  readonly udpReceiveErrors: number | undefined;
  readonly interfaces: ReadonlyMap<string, Interface>;
  readonly wireless: ReadonlyMap<string, Wireless>;
  readonly mhz: number | undefined;
  readonly mhzMax: number | undefined;
  readonly throttles: number | undefined;
  readonly hottestCelsius: number | undefined;
  readonly gpu: GpuReading;
};

export type GpuReading = {
  readonly busyShare?: number | undefined;
  readonly encoderShare?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly celsius?: number | undefined;
  readonly mhz?: number | undefined;
  readonly powerLimitWatts?: number | undefined;
};

/** Figures without a file: from libraries. */
export type MachineLibraries = {
  /** Bits a second of a wireless interface. */
  wirelessRate(name: string): number | undefined;
  /** Opened with the first reading. `undefined` if there is none. */
  openGpu(): { read(): GpuReading } | undefined;
};

const ownLibraries: MachineLibraries = { wirelessRate, openGpu: () => Nvml.open() };

export class MachineFiles {
  readonly #root: string;
  readonly #libraries: MachineLibraries;
  #gpuLibrary: { read(): GpuReading } | "none" | undefined;
  readonly #text = Buffer.alloc(textBytesMax);
  /** Found once: cores, zones and cards do not change while a host runs. */
  readonly #clocks: readonly string[];
  readonly #throttles: readonly string[];
  readonly #zones: readonly string[];
  readonly #card: string | undefined;
  readonly #mhzMax: number | undefined;
  readonly #collectors = new CollectorThreads({
    ids: () => this.#children("proc/self/task", /^\d{1,10}$/).map((path) => basename(path)),
    read: (id, file) => this.#read(`proc/self/task/${id}/${file}`),
  });

  /** @param root where `proc` and `sys` are: "/" on a machine */
  constructor(root = "/", libraries = ownLibraries) {
    this.#root = root;
    this.#libraries = libraries;
    const cpus = this.#children("sys/devices/system/cpu", /^cpu\d{1,4}$/).slice(0, cpuCountMax);
    this.#clocks = cpus.map((cpu) => `${cpu}/cpufreq/scaling_cur_freq`);
    this.#throttles = cpus.map((cpu) => `${cpu}/thermal_throttle/core_throttle_count`);
    this.#zones = this.#children("sys/class/thermal", /^thermal_zone\d{1,3}$/);
    this.#card = this.#children("sys/class/drm", /^card\d{1,2}$/)[0];
    const most = cpus.map((cpu) => this.#count(`${cpu}/cpufreq/cpuinfo_max_freq`));
    const known = most.filter((khz) => khz !== undefined);
    this.#mhzMax = known.length === 0 ? undefined : Math.max(...known) / 1000;
  }

  read(atUs: number): MachineReading {
    const udp = readUdpErrors(this.#read("proc/net/snmp"));
    const udp6 = readUdp6Errors(this.#read("proc/net/snmp6"));
    const main = this.thread(process.pid);
    return {
      atUs,
      cpu: readCpu(this.#read("proc/stat")),
      process: readProcess(this.#read("proc/self/stat")),
      mainRanNs: main?.ranNs,
      mainWaitedNs: main?.waitedNs,
      collectorWaitedNs: this.#collectors.waitedNs(),
      pressureUs: {
        cpu: readPressure(this.#read("proc/pressure/cpu")),
        memory: readPressure(this.#read("proc/pressure/memory")),
        io: readPressure(this.#read("proc/pressure/io")),
      },
      memory: readMemory(this.#read("proc/meminfo")),
      udpSendErrors: sumOf([udp.send, udp6.send]),
      udpReceiveErrors: sumOf([udp.receive, udp6.receive]),
      interfaces: readInterfaces(this.#read("proc/net/dev")),
      wireless: readWireless(this.#read("proc/net/wireless")),
      ...this.#heat(),
      gpu: { ...this.#gpuOfFiles(), ...this.#gpuOfLibrary() },
    };
  }

  /** This process; `undefined` if the kernel does not report it. */
  process(): ProcessFacts | undefined {
    const stat = readOwnStat(this.#read("proc/self/stat"));
    if (stat === undefined) return undefined;
    const { startedTicks, cpuTicks, residentPages, ...facts } = stat;
    const bootSeconds = readBootTime(this.#read("proc/stat"));
    return {
      ...facts,
      cpuSeconds: cpuTicks / ticksPerSecond,
      residentBytes: residentPages * pageBytes,
      startedUnixSeconds: bootSeconds && bootSeconds + startedTicks / ticksPerSecond,
      openFileCount: this.#children("proc/self/fd", /^\d+$/).length || undefined,
      openFileCountMax: readOpenFileLimit(this.#read("proc/self/limits")),
    };
  }

  /** How a thread of this process was scheduled so far. */
  thread(id: number): ReturnType<typeof readSchedule> {
    return readSchedule(this.#read(`proc/self/task/${id}/schedstat`));
  }

  /** In Mbit/s; `undefined` for an interface without one, such as loopback. */
  interfaceSpeed(name: string): number | undefined {
    if (!/^[\w.:@-]{1,32}$/.test(name) || name.startsWith(".")) return undefined;
    return this.#count(`sys/class/net/${name}/speed`);
  }

  /** In Mbit/s; `undefined` for one that is not wireless, or does not report it. */
  wirelessMbps(name: string): number | undefined {
    const rate = this.#libraries.wirelessRate(name);
    return rate === undefined ? undefined : Math.round(rate / 1e5) / 10;
  }

  routes(): string {
    return this.#read("proc/net/route");
  }

  routes6(): string {
    return this.#read("proc/net/ipv6_route");
  }

  #heat() {
    const khz = this.#clocks.map((path) => this.#count(path)).filter((one) => one !== undefined);
    const celsius = this.#zones
      .map((zone) => temperature(this.#read(`${zone}/temp`)))
      .filter((one) => one !== undefined);
    return {
      mhz:
        khz.length === 0 ? undefined : khz.reduce((sum, one) => sum + one, 0) / khz.length / 1000,
      mhzMax: this.#mhzMax,
      throttles: sumOf(this.#throttles.map((path) => this.#count(path))),
      hottestCelsius: celsius.length === 0 ? undefined : Math.max(...celsius),
    };
  }

  /** Figures of NVIDIA's driver that only its library has; only known ones. */
  #gpuOfLibrary(): GpuReading {
    this.#gpuLibrary ??= this.#libraries.openGpu() ?? "none";
    if (this.#gpuLibrary === "none") return {};
    const known = Object.entries(this.#gpuLibrary.read()).filter(([, one]) => one !== undefined);
    return Object.fromEntries(known);
  }

  /** As the drivers amdgpu, i915 and xe report it. */
  #gpuOfFiles(): GpuReading {
    if (this.#card === undefined) return {};
    const device = `${this.#card}/device`;
    const sensor = this.#children(`${device}/hwmon`, /^hwmon\d{1,3}$/)[0];
    const percent = (name: string) => shareOf(this.#count(`${device}/${name}`));
    const hertz = sensor && this.#count(`${sensor}/freq1_input`);
    const microwatts = sensor && this.#count(`${sensor}/power1_cap`);
    const gtMhz = this.#count(`${this.#card}/gt_act_freq_mhz`);
    return {
      busyShare: percent("gpu_busy_percent"),
      // Video encoding and decoding are one engine there.
      encoderShare: percent("vcn_busy_percent"),
      memoryBytes: this.#count(`${device}/mem_info_vram_used`),
      celsius: sensor === undefined ? undefined : temperature(this.#read(`${sensor}/temp1_input`)),
      mhz: typeof hertz === "number" ? hertz / 1e6 : gtMhz,
      powerLimitWatts: typeof microwatts === "number" ? microwatts / 1e6 : undefined,
    };
  }

  #count(path: string): number | undefined {
    return readCount(this.#read(path));
  }

  #children(path: string, pattern: RegExp): string[] {
    try {
      return readdirSync(join(this.#root, path))
        .filter((name) => pattern.test(name))
        .map((name) => `${path}/${name}`);
    } catch {
      // Not on this machine.
      return [];
    }
  }

  /** Empty when it is missing, refused or too large. */
  #read(path: string): string {
    try {
      const file = openSync(join(this.#root, path), "r");
      try {
        return this.#readWhole(file);
      } finally {
        closeSync(file);
      }
    } catch {
      // Not on this machine, or not for us.
      return "";
    }
  }

  #readWhole(file: number): string {
    let length = 0;
    for (;;) {
      const count = readSync(file, this.#text, length, textBytesMax - length, null);
      if (count === 0) return this.#text.toString("latin1", 0, length);
      length += count;
      if (length === textBytesMax) return "";
    }
  }
}

/** In thousandths of a degree; a sensor that is off reports an impossible value. */
function temperature(text: string): number | undefined {
  const match = /^\s*(-?\d{1,6})\s*$/.exec(text);
  const celsius = Number(match?.[1]) / 1000;
  return celsius > 0 && celsius < 150 ? celsius : undefined;
}

/** Of the known ones; `undefined` if there is none. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}
