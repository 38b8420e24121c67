/**
 * Parses the texts of /proc and /sys. Pure; missing or malformed values are `undefined`, never 0,
 * and nothing throws, whatever the text contains.
 */

/** A count of the kernel: whole, not negative, exact. */
export function readCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,19}\s*$/.test(text)) return undefined;
  const value = Number(text);
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** Ticks of all cores since the machine began, of `/proc/stat`. */
export function readCpu(stat: string): { readonly busy: number; readonly all: number } | undefined {
  const [name, ...fields] = (stat.split("\n", 1)[0] ?? "").split(/\s+/);
  const ticks = fields.map(readCount);
  if (name !== "cpu" || ticks.length < 5) return undefined;
  // user nice system idle iowait irq softirq steal; guest times are in the first two already.
  const known = ticks.slice(0, 8);
  let all = 0;
  for (const tick of known) {
    if (tick === undefined) return undefined;
    all += tick;
  }
  return { busy: all - (known[3] ?? 0) - (known[4] ?? 0), all };
}

/** Of `/proc/<pid>/stat`: ticks in user and kernel mode, and faults that waited for a disk. */
export function readProcess(
  stat: string,
): { readonly ticks: number; readonly majorFaults: number } | undefined {
  const fields = statFields(stat);
  const [majorFaults, user, system] = [fields[9], fields[11], fields[12]].map(readCount);
  if (majorFaults === undefined || user === undefined || system === undefined) return undefined;
  return { ticks: user + system, majorFaults };
}

/**
 * The fields after the name in brackets, which may contain anything, including brackets and blanks.
 */
function statFields(stat: string): string[] {
  return stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
}

/** Further fields of `/proc/<pid>/stat`: a process's size, its threads, its start. */
export type OwnStat = {
  readonly cpuTicks: number;
  readonly threadCount: number;
  /** Since the machine began. */
  readonly startedTicks: number;
  readonly virtualBytes: number;
  readonly residentPages: number;
};

export function readOwnStat(stat: string): OwnStat | undefined {
  const fields = statFields(stat);
  const known = [11, 12, 17, 19, 20, 21].map((place) => readCount(fields[place]));
  const [user, system, threadCount, startedTicks, virtualBytes, residentPages] = known;
  if (known.includes(undefined) || user === undefined || system === undefined) return undefined;
  return {
    cpuTicks: user + system,
    threadCount: threadCount ?? 0,
    startedTicks: startedTicks ?? 0,
    virtualBytes: virtualBytes ?? 0,
    residentPages: residentPages ?? 0,
  };
}

/** When the machine began, seconds since 1970, of `/proc/stat`. */
export function readBootTime(stat: string): number | undefined {
  return readCount(/^btime (\d+)$/m.exec(stat)?.[1]);
}

/** How many files may be open, of `/proc/<pid>/limits`; `undefined` where there is no limit. */
export function readOpenFileLimit(limits: string): number | undefined {
  return readCount(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
}

/** Nanoseconds that a thread ran, and that it waited for a core, from its `schedstat`. */
export function readSchedule(
  schedstat: string,
): { readonly ranNs: number; readonly waitedNs: number } | undefined {
  const [ranNs, waitedNs] = schedstat.trim().split(/\s+/).map(readCount);
  return ranNs === undefined || waitedNs === undefined ? undefined : { ranNs, waitedNs };
}

/** Microseconds in which something waited, of a file in `/proc/pressure`. */
export function readPressure(text: string): number | undefined {
  return readCount(/^some .*\btotal=(\d+)$/m.exec(text)?.[1]);
}

export type Memory = {
  readonly availableBytes: number | undefined;
  readonly swapUsedBytes: number | undefined;
  readonly writeBackBytes: number | undefined;
};

/** Of `/proc/meminfo`. */
export function readMemory(meminfo: string): Memory {
  const bytes = (name: string) => {
    const kilobytes = readCount(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1]);
    return kilobytes === undefined ? undefined : kilobytes * 1024;
  };
  const sum = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : a + b;
  const [total, free] = [bytes("SwapTotal"), bytes("SwapFree")];
  return {
    availableBytes: bytes("MemAvailable"),
    swapUsedBytes:
      total === undefined || free === undefined ? undefined : Math.max(0, total - free),
    writeBackBytes: sum(bytes("Dirty"), bytes("Writeback")),
  };
}

export type UdpErrors = { readonly send: number | undefined; readonly receive: number | undefined };

/** Of `/proc/net/snmp`: a line of names and a line of values for each protocol. */
export function readUdpErrors(snmp: string): UdpErrors {
  const [names = [], values = []] = snmp
    .split("\n")
    .filter((line) => line.startsWith("Udp:"))
    .map((line) => line.split(/\s+/));
  const of = (name: string) => readCount(values[names.indexOf(name, 1)]);
  return { send: of("SndbufErrors"), receive: of("RcvbufErrors") };
}

/** Of `/proc/net/snmp6`: a name and a value on each line. */
export function readUdp6Errors(snmp6: string): UdpErrors {
  const of = (name: string) => readCount(new RegExp(`^${name}\\s+(\\d+)$`, "m").exec(snmp6)?.[1]);
  return { send: of("Udp6SndbufErrors"), receive: of("Udp6RcvbufErrors") };
}

export type Interface = {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly errors: number;
  readonly drops: number;
};

/** Counts of each interface, of `/proc/net/dev`. */
export function readInterfaces(dev: string): ReadonlyMap<string, Interface> {
  const found = new Map<string, Interface>();
  for (const line of dev.split("\n").slice(2, 2 + lineCountMax)) {
    const [, name, rest] = /^\s*([^\s:]{1,32}):(.*)$/.exec(line) ?? [];
    const counts = (rest ?? "").trim().split(/\s+/).map(readCount);
    const [receivedBytes, , inErrors, inDrops] = counts;
    const [sentBytes, , outErrors, outDrops] = counts.slice(8);
    if (name === undefined || receivedBytes === undefined || sentBytes === undefined) continue;
    found.set(name, {
      receivedBytes,
      sentBytes,
      errors: (inErrors ?? 0) + (outErrors ?? 0),
      drops: (inDrops ?? 0) + (outDrops ?? 0),
    });
  }
  return found;
}

/** Interfaces and routes of one machine. */
const lineCountMax = 4096;

export type Wireless = {
  readonly signalDbm: number | undefined;
  readonly retries: number | undefined;
  readonly missedBeacons: number | undefined;
};

/** Of `/proc/net/wireless`. */
export function readWireless(text: string): ReadonlyMap<string, Wireless> {
  const found = new Map<string, Wireless>();
  for (const line of text.split("\n").slice(2, 2 + lineCountMax)) {
    const [, name, rest] = /^\s*([^\s:]{1,32}):(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    // status, link, level, noise; nwid, crypt, frag, retry, misc; beacon.
    const fields = (rest ?? "").trim().split(/\s+/);
    const level = Number((fields[2] ?? "").replace(/\.$/, ""));
    const isDbm = /^-\d{1,3}\.?$/.test(fields[2] ?? "");
    found.set(name, {
      signalDbm: isDbm ? level : undefined,
      retries: readCount(fields[7]),
      missedBeacons: readCount(fields[9]),
    });
  }
  return found;
}

/** The addresses that are routed through an interface. Bytes of an address, 4 or 16. */
export type Route = {
  readonly prefix: Uint8Array;
  readonly prefixBits: number;
  readonly metric: number;
  readonly interfaceName: string;
};

const routeUp = 1;
const routeReject = 0x200;

/** Of `/proc/net/route`: hexadecimal, the lowest byte of an address first. */
export function readRoutes(text: string): Route[] {
  return text
    .split("\n")
    .slice(1, 1 + lineCountMax)
    .flatMap((line) => {
      const [interfaceName = "", destination = "", , flags = "", , , metric, mask = ""] =
        line.split(/\s+/);
      const [prefix, maskBytes] = [
        hexBytes(destination, 4)?.reverse(),
        hexBytes(mask, 4)?.reverse(),
      ];
      const isUp = (Number.parseInt(flags, 16) & (routeUp | routeReject)) === routeUp;
      if (!isUp || prefix === undefined || maskBytes === undefined) return [];
      return [
        { prefix, prefixBits: bitCount(maskBytes), metric: readCount(metric) ?? 0, interfaceName },
      ];
    });
}

/** Of `/proc/net/ipv6_route`. */
export function readRoutes6(text: string): Route[] {
  return text
    .split("\n")
    .slice(0, lineCountMax)
    .flatMap((line) => {
      const [destination = "", length = "", , , , metric = "", , , flags = "", interfaceName = ""] =
        line.trim().split(/\s+/);
      const prefix = hexBytes(destination, 16);
      const prefixBits = Number.parseInt(length, 16);
      const isUp = (Number.parseInt(flags, 16) & (routeUp | routeReject)) === routeUp;
      if (!isUp || prefix === undefined || !(prefixBits <= 128)) return [];
      return [{ prefix, prefixBits, metric: Number.parseInt(metric, 16) || 0, interfaceName }];
    });
}

/** The interface through which an address is reached: the longest prefix, then the least metric. */
export function interfaceTo(address: string, routes: readonly Route[]): string | undefined {
  const bytes = addressBytes(address);
  if (bytes === undefined) return undefined;
  let best: Route | undefined;
  for (const route of routes) {
    if (route.prefix.length !== bytes.length || !holds(route, bytes)) continue;
    const isLonger = best === undefined || route.prefixBits > best.prefixBits;
    const isNearer = route.prefixBits === best?.prefixBits && route.metric < best.metric;
    if (isLonger || isNearer) best = route;
  }
  return best?.interfaceName;
}

/** The bytes of an IPv4 or IPv6 address; one of IPv4 in IPv6 is that of IPv4. */
export function addressBytes(address: string): Uint8Array | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(plain)) {
    const bytes = plain.split(".").map(Number);
    return bytes.every((byte) => byte < 256) ? Uint8Array.from(bytes) : undefined;
  }
  return plain.includes(":") ? address6Bytes(plain) : undefined;
}

function address6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || !/^[0-9a-f:]+$/i.test(text)) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  const isWhole = halves.length === 1 ? missing === 0 : missing >= 1;
  if (!isWhole) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}

function holds({ prefix, prefixBits }: Route, bytes: Uint8Array): boolean {
  const whole = prefixBits >> 3;
  for (let index = 0; index < whole; index++) if (prefix[index] !== bytes[index]) return false;
  const rest = prefixBits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((prefix[whole] ?? 0) & mask) === ((bytes[whole] ?? 0) & mask);
}

function hexBytes(text: string, count: number): Uint8Array | undefined {
  if (text.length !== count * 2 || !/^[0-9a-f]+$/i.test(text)) return undefined;
  return Uint8Array.from({ length: count }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}

function bitCount(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let bit = 0; bit < 8; bit++) count += (byte >> bit) & 1;
  return count;
}

/** A percentage; a driver's value above 100 is invalid. */
export function shareOf(percent: number | undefined): number | undefined {
  return percent === undefined || percent > 100 ? undefined : percent / 100;
}
