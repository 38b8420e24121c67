/** The machine's figures that the host can report, as totals. */

/** Seconds that threads of one kind ran, and waited for a core. */
export type ThreadSeconds = { readonly ran: number; readonly waited: number };

/** Of an interface used by a session, now or earlier. */
export type InterfaceTotals = {
  readonly name: string;
  readonly sentBytes?: number | undefined;
  readonly receivedBytes?: number | undefined;
  readonly drops?: number | undefined;
  readonly errors?: number | undefined;
  readonly speedMbps?: number | undefined;
  readonly signalDbm?: number | undefined;
  readonly wirelessMbps?: number | undefined;
  readonly retries?: number | undefined;
  readonly missedBeacons?: number | undefined;
};

/** This process, as the kernel sees it. */
export type ProcessFacts = {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly virtualBytes: number;
  readonly threadCount: number;
  readonly startedUnixSeconds?: number | undefined;
  readonly openFileCount?: number | undefined;
  /** Absent where there is no limit. */
  readonly openFileCountMax?: number | undefined;
};

/** Counts only grow, since the machine began; values that it does not offer are absent. */
export type MachineTotals = {
  readonly process?: ProcessFacts | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly cpuBusySeconds?: number | undefined;
  readonly processSeconds?: number | undefined;
  readonly majorFaults?: number | undefined;
  /** Of all sessions since the host began; `main` includes recorder, history, API and console. */
  readonly threads: Readonly<Record<"encode" | "send" | "main", ThreadSeconds | undefined>>;
  /** Delay of the main thread, while something streamed. */
  readonly mainPauseSeconds: number;
  /** Of the main thread, while something streamed; absent if the runtime does not report it. */
  readonly collector?: { readonly runs: number; readonly seconds: number } | undefined;
  readonly pressureSeconds: Readonly<Record<"cpu" | "memory" | "io", number | undefined>>;
  readonly availableBytes?: number | undefined;
  readonly swapUsedBytes?: number | undefined;
  readonly writeBackBytes?: number | undefined;
  readonly udpSendErrors?: number | undefined;
  readonly udpReceiveErrors?: number | undefined;
  readonly clockHertz?: number | undefined;
  readonly clockMaxHertz?: number | undefined;
  readonly throttles?: number | undefined;
  readonly hottestCelsius?: number | undefined;
  readonly gpu: {
    readonly busyShare?: number | undefined;
    readonly encoderShare?: number | undefined;
    readonly memoryBytes?: number | undefined;
    readonly celsius?: number | undefined;
    readonly clockHertz?: number | undefined;
    readonly powerLimitWatts?: number | undefined;
  };
  readonly interfaces: readonly InterfaceTotals[];
};

/** The machine, read on request. */
export type MachineTelling = { totals(): MachineTotals };
