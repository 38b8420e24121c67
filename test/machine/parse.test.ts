/** Texts of the kernel, as they are on machines and as nobody would write them. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import * as parse from "../../src/machine/parse.ts";

test("busy and all ticks leave out what is idle and do not count guests twice", () => {
  const text = "cpu  100 20 30 400 50 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
  expect(parse.readCpu(text)).toEqual({ busy: 171, all: 621 });
  expect(parse.readCpu("cpu  1 2 3\n")).toBeUndefined();
  expect(parse.readCpu("cpu0 1 2 3 4 5\n")).toBeUndefined();
});

test("a process whose name has brackets and blanks is read like any other", () => {
  const fields = "S 1 1 1 0 -1 4194304 100 0 7 0 250 50 0 0 20 0 1 0 276838 3133440 395";
  expect(parse.readProcess(`22979 (a) b (c)) ${fields}`)).toEqual({ ticks: 300, majorFaults: 7 });
  expect(parse.readProcess("22979 (cat) S 1")).toBeUndefined();
});

test("a thread's run time and run delay are read", () => {
  expect(parse.readSchedule("1173651 132398 1\n")).toEqual({ ranNs: 1_173_651, waitedNs: 132_398 });
  expect(parse.readSchedule("")).toBeUndefined();
  expect(parse.readSchedule("1 -2 3")).toBeUndefined();
});

test("pressure is the time in which some waited", () => {
  const text =
    "some avg10=99.44 avg60=95.95 avg300=95.55 total=2100209295\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n";
  expect(parse.readPressure(text)).toBe(2_100_209_295);
  expect(parse.readPressure("full avg10=0.00 total=5\n")).toBeUndefined();
});

test("memory has what is there and leaves out what is not", () => {
  const text = "MemAvailable:   2000 kB\nDirty:   3 kB\nWriteback:  1 kB\nSwapTotal:  10 kB\n";
  expect(parse.readMemory(text)).toEqual({
    availableBytes: 2_048_000,
    swapUsedBytes: undefined,
    writeBackBytes: 4096,
  });
});

test("errors of UDP are found by the names above them", () => {
  const text =
    "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\nUdp: 9 8 7 6 5 4\nUdpLite: RcvbufErrors\nUdpLite: 99\n";
  expect(parse.readUdpErrors(text)).toEqual({ send: 4, receive: 5 });
  expect(parse.readUdpErrors("Udp: InDatagrams\nUdp: 9\n")).toEqual({
    send: undefined,
    receive: undefined,
  });
  expect(parse.readUdp6Errors("Udp6RcvbufErrors \t2\nUdp6SndbufErrors   1\n")).toEqual({
    send: 1,
    receive: 2,
  });
});

test("interfaces have bytes, errors and drops of both directions", () => {
  const text = [
    "Inter-|   Receive                                                |  Transmit",
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    "    lo: 40 6 0 0 0 0 0 0 40 6 0 0 0 0 0 0",
    "  eth0:100 9 1 2 0 0 0 0 200 8 3 4 0 0 0 0",
    " bad: x y",
  ].join("\n");
  const found = parse.readInterfaces(text);
  expect([...found.keys()]).toEqual(["lo", "eth0"]);
  expect(found.get("eth0")).toEqual({ receivedBytes: 100, sentBytes: 200, errors: 4, drops: 6 });
});

test("a wireless interface has its signal only where it is in dBm", () => {
  const head = "Inter-| sta-|\n face | tus |\n";
  const found = parse.readWireless(
    `${head} wlan0: 0000   54.  -56.  -256        0      0      0     12      0       3\n wlan1: 0000 54. 200. 0 0 0 0 1 0 2\n`,
  );
  expect(found.get("wlan0")).toEqual({ signalDbm: -56, retries: 12, missedBeacons: 3 });
  expect(found.get("wlan1")?.signalDbm).toBeUndefined();
});

const routes = [
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
  "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
  "wlan0\t00000000\t010200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
  "wlan0\t000200C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0",
  "tun0\t050200C0\t00000000\t0000\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
].join("\n");

test("the longest prefix decides by which interface an address is reached, then the metric", () => {
  const known = parse.readRoutes(routes);
  expect(parse.interfaceTo("8.8.8.8", known)).toBe("eth0");
  expect(parse.interfaceTo("192.0.2.7", known)).toBe("wlan0");
  expect(parse.interfaceTo("::ffff:192.0.2.7", known)).toBe("wlan0");
  // A route that is not up is none.
  expect(parse.interfaceTo("192.0.2.5", known)).toBe("wlan0");
  expect(parse.interfaceTo("fe80::1", known)).toBeUndefined();
});

test("routes of IPv6 are read like those of IPv4", () => {
  const known = parse.readRoutes6(
    [
      "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0",
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     wlan0",
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo",
    ].join("\n"),
  );
  expect(parse.interfaceTo("fd00::9", known)).toBe("eth0");
  expect(parse.interfaceTo("2001:db8::1", known)).toBe("wlan0");
});

test("addresses are read in every way they are written, and nothing else is", () => {
  expect(parse.addressBytes("1.2.3.4")).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(parse.addressBytes("::1")?.at(-1)).toBe(1);
  expect(parse.addressBytes("fe80::1%eth0")?.[0]).toBe(0xfe);
  for (const wrong of ["1.2.3", "1.2.3.256", "1:2:3", "1::2::3", "x", "", "12345::"]) {
    expect(parse.addressBytes(wrong)).toBeUndefined();
  }
});

test("no text makes a reader throw", () => {
  const readers = [
    ...[parse.readCpu, parse.readProcess, parse.readSchedule, parse.readPressure, parse.readMemory],
    ...[parse.readUdpErrors, parse.readUdp6Errors, parse.readInterfaces, parse.readWireless],
    ...[parse.readRoutes, parse.readRoutes6, parse.addressBytes],
  ];
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom("cpu ", "Udp:", "\n", ":", "-1", "9".repeat(30), "total=", "some ", "wlan0: "),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      for (const read of readers) read(pieces.join(" "));
    }),
    { numRuns: 500 },
  );
});

test("a process says its size, its threads and its start, whatever its name holds", () => {
  const fields = [
    ...["S", "1", "2", "2", "0", "-1", "4194304", "9", "0", "3", "0", "700", "300", "0", "0"],
    ...["20", "0", "21", "0", "123456", "7861633024", "25064", "18446744073709551615"],
  ];
  expect(parse.readOwnStat(`42 (on) glass (x) ${fields.join(" ")}\n`)).toEqual({
    ...{ cpuTicks: 1000, threadCount: 21, startedTicks: 123_456 },
    ...{ virtualBytes: 7_861_633_024, residentPages: 25_064 },
  });
  expect(parse.readOwnStat("42 (onglass) S 1 2")).toBeUndefined();
  expect(parse.readOwnStat("")).toBeUndefined();
});

test("the start of the machine and the limit of open files are read, and no limit is none", () => {
  expect(parse.readBootTime("cpu 1 2\nbtime 1782504843\nprocesses 9\n")).toBe(1_782_504_843);
  expect(parse.readBootTime("cpu 1 2\n")).toBeUndefined();
  const head = "Limit                     Soft Limit           Hard Limit           Units\n";
  const limitOf = (text: string) =>
    parse.readOpenFileLimit(`${head}Max open files            ${text}`);
  expect(limitOf("1024                 4096                 files")).toBe(1024);
  expect(limitOf("unlimited            unlimited            files")).toBeUndefined();
});
