/** The machine during a session's windows, from files that a test writes. */
import { expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CollectorWatch } from "../../src/machine/collector.ts";
import { MachineFiles } from "../../src/machine/files.ts";
import { MachineWatch } from "../../src/machine/watch.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { tempDirectory } from "../support/temp-directory.ts";

async function machine() {
  const directory = await tempDirectory();
  const write = (path: string, text: string) => {
    const full = join(directory.path, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  };
  return { ...directory, write };
}

function watchOn(root: string, libraries?: ConstructorParameters<typeof MachineFiles>[1]) {
  const scheduler = new ManualScheduler();
  const { clock } = scheduler;
  // A machine that does not say what threads do: main is looked at at the same intervals.
  const busyUs = () => undefined;
  const files = new MachineFiles(root, libraries);
  const watch = new MachineWatch({ files, clock, scheduler, busyUs });
  return { scheduler, watch };
}

test("figures are those of the time between two readings", async () => {
  await using on = await machine();
  on.write("proc/stat", "cpu  100 0 0 900 0 0 0 0 0 0\n");
  on.write("proc/self/stat", "1 (x) S 1 1 1 0 -1 1 1 0 5 0 100 0 0");
  on.write("proc/self/task/42/schedstat", "1000000000 5000000 3\n");
  on.write("proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n");
  on.write("proc/meminfo", "MemAvailable: 1000 kB\n");
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, { encode: 42 });
  scheduler.advanceMs(2000);
  on.write("proc/stat", "cpu  250 0 0 950 0 0 0 0 0 0\n");
  on.write("proc/self/stat", "1 (x) S 1 1 1 0 -1 1 1 0 8 0 200 100 0");
  on.write("proc/self/task/42/schedstat", "2000000000 35000000 3\n");
  on.write("proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n");
  on.write("proc/meminfo", "MemAvailable: 500 kB\n");
  expect(watch.next(1)).toEqual({
    cpu_busy_share: 0.75,
    cpu_others_share: 0,
    cpu_process_cores: 1,
    cpu_encode_cores: 0.5,
    encode_run_delay_us: 30_000,
    pressure_cpu_share: 0.25,
    memory_available_bytes: 512_000,
    major_fault_count: 3,
  });
});

test("a machine that offers nothing leaves every figure out", async () => {
  await using on = await machine();
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, { encode: 42, send: 43 });
  scheduler.advanceMs(2000);
  expect(watch.next(1)).toEqual({});
});

test("a counter that fell says nothing of that window", async () => {
  await using on = await machine();
  on.write("proc/self/stat", "1 (x) S 1 1 1 0 -1 1 1 0 9 0 500 0 0");
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, {});
  scheduler.advanceMs(1000);
  on.write("proc/self/stat", "1 (x) S 1 1 1 0 -1 1 1 0 1 0 3 0 0");
  expect(watch.next(1)).toEqual({});
});

test("clock, heat and card are reported where a file has them", async () => {
  await using on = await machine();
  const cpu = "sys/devices/system/cpu";
  on.write(`${cpu}/cpu0/cpufreq/scaling_cur_freq`, "1000000\n");
  on.write(`${cpu}/cpu1/cpufreq/scaling_cur_freq`, "3000000\n");
  on.write(`${cpu}/cpu0/cpufreq/cpuinfo_max_freq`, "4200000\n");
  on.write(`${cpu}/cpu0/thermal_throttle/core_throttle_count`, "7\n");
  on.write("sys/class/thermal/thermal_zone0/temp", "45000\n");
  on.write("sys/class/thermal/thermal_zone1/temp", "-274000\n");
  const device = "sys/class/drm/card0/device";
  on.write(`${device}/gpu_busy_percent`, "42\n");
  on.write(`${device}/mem_info_vram_used`, "1048576\n");
  on.write(`${device}/hwmon/hwmon3/temp1_input`, "61000\n");
  on.write(`${device}/hwmon/hwmon3/freq1_input`, "1500000000\n");
  on.write(`${device}/hwmon/hwmon3/power1_cap`, "200000000\n");
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, {});
  scheduler.advanceMs(1000);
  on.write(`${cpu}/cpu0/thermal_throttle/core_throttle_count`, "9\n");
  expect(watch.next(1)).toEqual({
    ...{ cpu_mhz: 2000, cpu_max_mhz: 4200, cpu_throttle_count: 2, hottest_zone_celsius: 45 },
    ...{ gpu_busy_share: 0.42, gpu_memory_bytes: 1_048_576, gpu_celsius: 61, gpu_mhz: 1500 },
    gpu_power_limit_watts: 200,
  });
});

test("the figures are those of the interface that the player is reached by", async () => {
  await using on = await machine();
  const dev = (sent: number, drops: number) =>
    `a\nb\n lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n eth7: 10 1 0 0 0 0 0 0 ${sent} 1 0 ${drops} 0 0 0 0\n`;
  on.write("proc/net/dev", dev(100, 1));
  on.write(
    "proc/net/route",
    "Iface\tDestination\neth7\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
  );
  on.write("sys/class/net/eth7/speed", "1000\n");
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, {});
  watch.reached(1, "203.0.113.9");
  scheduler.advanceMs(1000);
  on.write("proc/net/dev", dev(5100, 3));
  expect(watch.next(1)).toEqual({
    ...{ interface_sent_bytes: 5000, interface_received_bytes: 0, interface_drop_count: 2 },
    ...{ interface_error_count: 0, interface_speed_mbps: 1000 },
  });
});

test("totals are those of all sessions so far", async () => {
  await using on = await machine();
  on.write("proc/self/task/42/schedstat", "1000000000 5000000 3\n");
  on.write("proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n");
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, { encode: 42 });
  on.write("proc/self/task/42/schedstat", "2000000000 35000000 3\n");
  scheduler.advanceMs(1000);
  watch.next(1);
  on.write("proc/self/task/42/schedstat", "3500000000 45000000 3\n");
  watch.end(1);
  watch.begin(2, { encode: 42 });
  const { threads, pressureSeconds, gpu } = watch.totals();
  expect(threads.encode).toEqual({ ran: 2.5, waited: 0.04 });
  expect(pressureSeconds).toEqual({ cpu: undefined, memory: undefined, io: 1.5 });
  expect(gpu.busyShare).toBeUndefined();
});

test("main's longest pause is reported once", async () => {
  await using on = await machine();
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, {});
  scheduler.advanceMs(200);
  scheduler.stallMs(350);
  scheduler.advanceMs(200);
  expect(watch.next(1)?.main_pause_us).toBeGreaterThanOrEqual(300_000);
  scheduler.advanceMs(1000);
  expect(watch.next(1)?.main_pause_us).toBeUndefined();
});

test("without sessions nothing is read and nothing wakes up", async () => {
  await using on = await machine();
  const { scheduler, watch } = watchOn(on.path);
  expect(scheduler.waitingCount).toBe(0);
  watch.begin(1, {});
  expect(scheduler.waitingCount).toBe(1);
  watch.end(1);
  expect(scheduler.waitingCount).toBe(0);
  expect(watch.next(1)).toBeUndefined();
});

test("this machine has its figures", () => {
  const reading = new MachineFiles().read(0);
  expect(reading.cpu?.all).toBeGreaterThan(0);
  expect(reading.process?.ticks).toBeGreaterThanOrEqual(0);
  expect(reading.memory.availableBytes).toBeGreaterThan(0);
  expect(reading.interfaces.has("lo")).toBe(true);
});

test("what no file tells comes from libraries, of the session's interface and the card", async () => {
  await using on = await machine();
  on.write(
    "proc/net/route",
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nwlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\n",
  );
  const asked: string[] = [];
  const { scheduler, watch } = watchOn(on.path, {
    wirelessRate: (name) => {
      asked.push(name);
      return 866_700_000;
    },
    openGpu: () => ({ read: () => ({ busyShare: 0.37, encoderShare: undefined, mhz: 1710 }) }),
  });
  watch.begin(1, {});
  watch.reached(1, "203.0.113.9");
  scheduler.advanceMs(2000);
  expect(watch.next(1)).toEqual({
    ...{ wireless_bitrate_mbps: 866.7, gpu_busy_share: 0.37, gpu_mhz: 1710 },
  });
  expect(asked).toEqual(["wlan0"]);
});

test("a cable has no bit rate of a radio", () => {
  expect(new MachineFiles().wirelessMbps("lo")).toBeUndefined();
  expect(new MachineFiles().wirelessMbps("a-name-that-is-too-long")).toBeUndefined();
});

test("runs of the collector are those since the session was asked last", () => {
  const scheduler = new ManualScheduler();
  const { clock } = scheduler;
  const files = new MachineFiles("/nowhere");
  const collector = new CollectorWatch();
  const watch = new MachineWatch({ files, clock, scheduler, collector });
  watch.begin(1, {});
  Bun.gc(true);
  const first = watch.next(1);
  expect(first?.main_collector_run_count).toBeGreaterThan(0);
  expect(first?.main_collector_us).toBeGreaterThan(0);
  watch.end(1);
  expect(watch.totals().collector?.runs).toBeGreaterThanOrEqual(
    first?.main_collector_run_count ?? 0,
  );
});

test("what the collector waited is added up over its threads, also those that come and go", async () => {
  await using on = await machine();
  const thread = (id: number, comm: string, waitedNs: number) => {
    on.write(`proc/self/task/${id}/comm`, `${comm}\n`);
    on.write(`proc/self/task/${id}/schedstat`, `1000 ${waitedNs} 3\n`);
  };
  thread(42, "onglass-encode", 9e9);
  thread(43, "HeapHelper", 5e6);
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, {});
  scheduler.advanceMs(1000);
  thread(43, "HeapHelper", 35e6);
  thread(44, "ollector Thread", 4e6);
  expect(watch.next(1)?.collector_run_delay_us).toBe(34_000);
  rmSync(join(on.path, "proc/self/task/43"), { recursive: true });
  scheduler.advanceMs(1000);
  thread(44, "ollector Thread", 6e6);
  expect(watch.next(1)?.collector_run_delay_us).toBe(2000);
});

test("each window says how long the main thread waited for a core", async () => {
  await using on = await machine();
  const main = `proc/self/task/${process.pid}/schedstat`;
  on.write(main, "1000 5000000 3\n");
  const { scheduler, watch } = watchOn(on.path);
  watch.begin(1, {});
  scheduler.advanceMs(1000);
  on.write(main, "2000 25000000 3\n");
  expect(watch.next(1)?.main_run_delay_us).toBe(20_000);
});
