/** The machine's totals in the terms of Prometheus: base units, and labels bounded in number. */
import type { MetricSample, NumberMetric } from "../model/scraped-metric.ts";
import type { InterfaceTotals, MachineTotals, ProcessFacts } from "../ports/machine.ts";

/** Interfaces used by sessions. */
const interfaceCountMax = 16;

type Known = readonly [labels: MetricSample["labels"], value: number | undefined];

/** Unknown metrics are left out. */
export function machineMetrics(totals: MachineTotals): NumberMetric[] {
  const all = [
    ...(totals.process === undefined ? [] : processMetrics(totals.process)),
    ...cpuMetrics(totals),
    ...threadMetrics(totals),
    ...memoryMetrics(totals),
    ...heatMetrics(totals),
    ...gpuMetrics(totals),
    ...interfaceMetrics(totals.interfaces.slice(0, interfaceCountMax)),
  ];
  return all.filter(({ samples }) => samples.length > 0);
}

/** With the standard names of process metrics. */
function processMetrics(facts: ProcessFacts): NumberMetric[] {
  const all = [
    single("process_cpu_seconds_total", "Time of cores that the process used", facts.cpuSeconds),
    single("process_resident_memory_bytes", "Memory that the process holds", facts.residentBytes),
    single("process_virtual_memory_bytes", "Addresses that it has taken", facts.virtualBytes),
    single("process_start_time_seconds", "When it began, since 1970", facts.startedUnixSeconds),
    single("process_open_fds", "Open files and sockets", facts.openFileCount),
    single("process_max_fds", "How many it may have open", facts.openFileCountMax),
    single("process_threads", "Its threads", facts.threadCount),
  ];
  return all.map((one) => ({ ...one, isConventional: true }));
}

function cpuMetrics(totals: MachineTotals): NumberMetric[] {
  const { cpu, memory, io } = totals.pressureSeconds;
  return [
    single("machine_cpu_seconds_total", "Time of all cores", totals.cpuSeconds),
    single("machine_cpu_busy_seconds_total", "Busy time of all cores", totals.cpuBusySeconds),
    single("process_cpu_seconds_total", "Time of cores that the host used", totals.processSeconds),
    metric("machine_pressure_seconds_total", "Time in which something waited for a resource", [
      [{ resource: "cpu" }, cpu],
      [{ resource: "memory" }, memory],
      [{ resource: "io" }, io],
    ]),
  ];
}

function threadMetrics({ threads, mainPauseSeconds, collector }: MachineTotals): NumberMetric[] {
  const kinds = ["encode", "send", "main"] as const;
  const of = (field: "ran" | "waited") =>
    kinds.map((thread): Known => [{ thread }, threads[thread]?.[field]]);
  return [
    metric("thread_cpu_seconds_total", "Time of a core that threads of a kind used", of("ran")),
    metric(
      "thread_run_delay_seconds_total",
      "Time in which threads of a kind could have run and did not",
      of("waited"),
    ),
    single(
      "main_pause_seconds_total",
      "Time by which the main thread's event loop came late while something streamed",
      mainPauseSeconds,
    ),
    single(
      "main_collector_runs_total",
      "Runs of the main thread's collector while something streamed",
      collector?.runs,
    ),
    single("main_collector_seconds_total", "What they took together", collector?.seconds),
  ];
}

function memoryMetrics(totals: MachineTotals): NumberMetric[] {
  return [
    single("machine_memory_available_bytes", "That programs can still get", totals.availableBytes),
    single("machine_swap_used_bytes", "Swap in use", totals.swapUsedBytes),
    single("machine_write_back_bytes", "Waiting to be written to a disk", totals.writeBackBytes),
    single(
      "process_major_faults_total",
      "Pages that the host had to wait for from a disk",
      totals.majorFaults,
    ),
    metric("machine_udp_buffer_errors_total", "Datagrams of all programs that no buffer took", [
      [{ direction: "send" }, totals.udpSendErrors],
      [{ direction: "receive" }, totals.udpReceiveErrors],
    ]),
  ];
}

function heatMetrics(totals: MachineTotals): NumberMetric[] {
  return [
    single("machine_cpu_clock_hertz", "Mean clock of the cores", totals.clockHertz),
    single(
      "machine_cpu_clock_max_hertz",
      "Highest clock that a core may have",
      totals.clockMaxHertz,
    ),
    single("machine_cpu_throttles_total", "Times a core was slowed for its heat", totals.throttles),
    single("machine_hottest_zone_celsius", "Hottest thermal zone", totals.hottestCelsius),
  ];
}

function gpuMetrics({ gpu }: MachineTotals): NumberMetric[] {
  return [
    single("machine_gpu_busy_ratio", "Busy share of the GPU's 3D engine", gpu.busyShare),
    single("machine_gpu_encoder_busy_ratio", "Busy share of the GPU's encoder", gpu.encoderShare),
    single("machine_gpu_memory_used_bytes", "GPU memory in use", gpu.memoryBytes),
    single("machine_gpu_celsius", "Temperature of the GPU", gpu.celsius),
    single("machine_gpu_clock_hertz", "Clock of the GPU", gpu.clockHertz),
    single("machine_gpu_power_limit_watts", "Power limit of the GPU", gpu.powerLimitWatts),
  ];
}

function interfaceMetrics(interfaces: readonly InterfaceTotals[]): NumberMetric[] {
  const of = (
    read: (one: InterfaceTotals) => number | undefined,
    more: MetricSample["labels"] = {},
  ) => interfaces.map((one): Known => [{ interface: one.name, ...more }, read(one)]);
  return [
    metric("machine_interface_bytes_total", "Of interfaces that sessions leave by", [
      ...of(({ sentBytes }) => sentBytes, { direction: "send" }),
      ...of(({ receivedBytes }) => receivedBytes, { direction: "receive" }),
    ]),
    metric(
      "machine_interface_drops_total",
      "Packets that such an interface dropped",
      of(({ drops }) => drops),
    ),
    metric(
      "machine_interface_errors_total",
      "Errors of such an interface",
      of(({ errors }) => errors),
    ),
    metric(
      "machine_interface_speed_bits_per_second",
      "Speed of such an interface",
      of(({ speedMbps }) => speedMbps && speedMbps * 1e6),
    ),
    metric(
      "machine_wireless_signal_dbm",
      "Signal of such an interface",
      of(({ signalDbm }) => signalDbm),
    ),
    metric(
      "machine_wireless_bits_per_second",
      "Bit rate of such an interface",
      of(({ wirelessMbps }) => wirelessMbps && wirelessMbps * 1e6),
    ),
    metric(
      "machine_wireless_retries_total",
      "Retries of such an interface",
      of(({ retries }) => retries),
    ),
    metric(
      "machine_wireless_missed_beacons_total",
      "Beacons that such an interface missed",
      of(({ missedBeacons }) => missedBeacons),
    ),
  ];
}

function single(name: string, help: string, value: number | undefined): NumberMetric {
  return metric(name, help, [[{}, value]]);
}

/** By Prometheus' convention the name says which of both it is. */
function metric(name: string, help: string, known: readonly Known[]): NumberMetric {
  const type = name.endsWith("_total") ? "counter" : "gauge";
  const samples = known.flatMap(([labels, value]) =>
    value === undefined ? [] : [{ labels, value: Number(value.toPrecision(15)) }],
  );
  return { name, help, type, samples };
}
