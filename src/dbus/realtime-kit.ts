/**
 * RealtimeKit, the system's service that gives real-time priority to threads of programs that have
 * no right to it themselves. It takes only threads of a process with a limit on how long they may
 * run without waiting (`RLIMIT_RTTIME`), and gives no level above its own highest.
 */
import { DBusConnection } from "./connection.ts";
import { readBusAddress } from "./session-bus.ts";

/** Tries to get real-time priority from the bus, and drops it again. */
export type RealtimeBus = Disposable & Pick<DBusConnection, "call" | "property">;

const name = "org.freedesktop.RealtimeKit1";
const service = { destination: name, path: "/org/freedesktop/RealtimeKit1", interface: name };
const socketDefault = "/run/dbus/system_bus_socket";
/** The calls block their thread: a bus that does not answer is not tried again. */
const patience = { ms: 500 };

type Options = {
  /** The system bus if left out. */
  openBus?(): RealtimeBus;
  /**
   * Sets this limit on the process; false if that is impossible. Called once, before the first
   * thread.
   */
  limit(longestUs: number): boolean;
};

/** The socket is at the usual path, unless the environment names another. */
function openSystemBus(): DBusConnection {
  const address = process.env.DBUS_SYSTEM_BUS_ADDRESS ?? "";
  return new DBusConnection(readBusAddress(address) ?? socketDefault);
}

/** One per process. After its first failure it grants nothing more. */
export class RealtimeKit {
  readonly #options: Options;
  #isLimited = false;
  #isOff = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * True when the thread of this process has the level from now on, or the highest one below it.
   */
  raise(thread: number, level: number): boolean {
    if (this.#isOff) return false;
    try {
      const { openBus = openSystemBus } = this.#options;
      using bus = openBus();
      const most = Number(bus.property(service, "MaxRealtimePriority", patience) ?? 0);
      this.#limit(Number(bus.property(service, "RTTimeUSecMax", patience) ?? 0));
      const call = { ...service, member: "MakeThreadRealtime", signature: "tu" };
      bus.call({ ...call, body: [BigInt(thread), Math.min(level, most)] }, patience);
    } catch {
      this.#isOff = true;
    }
    return !this.#isOff;
  }

  #limit(longestUs: number): void {
    if (this.#isLimited) return;
    if (!(longestUs > 0 && this.#options.limit(longestUs))) throw new Error("no limit can be set");
    this.#isLimited = true;
  }
}
