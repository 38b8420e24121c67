/**
 * Reports to systemd, or another service manager of its kind, by the protocol of sd_notify(3):
 * lines of NAME=value, a datagram each time. Without a listener nothing is sent.
 */
import { closeDescriptor } from "./descriptors.ts";
import { connectUnix, sendSome } from "./sockets.ts";

/** Words of the protocol that are used here. */
export type ServiceNotice =
  | { readonly READY: 1; readonly STATUS: string }
  | { readonly STATUS: string }
  | { readonly STOPPING: 1 }
  | { readonly WATCHDOG: 1 };

type Environment = Record<string, string | undefined>;

/** Upper and lower limit of the watchdog interval: a shorter one cannot be kept. */
const watchdogMsMin = 100;
const watchdogMsMax = 86_400_000;

/** The manager that started this process. */
export class ServiceManager {
  /** The manager kills a process that is silent for this long; `undefined` if it does not watch. */
  readonly watchdogMs: number | undefined;
  readonly #address: string;

  private constructor(address: string, watchdogMs: number | undefined) {
    this.#address = address;
    this.watchdogMs = watchdogMs;
  }

  /**
   * Removes its variables from the environment: a program that the host starts is not the service.
   * @returns `undefined` when nobody listens
   */
  static take(env: Environment, pid = process.pid): ServiceManager | undefined {
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: watched } = env;
    for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete env[name];
    if (socket === undefined || !/^[/@]./.test(socket)) return undefined;
    const isMeant = watched === undefined || watched === `${pid}`;
    const ms = Number(usec ?? Number.NaN) / 1000;
    const isWatched = isMeant && ms >= watchdogMsMin && ms <= watchdogMsMax;
    return new ServiceManager(socket.replace(/^@/, "\0"), isWatched ? ms : undefined);
  }

  /** False when it was not accepted; it never waits, and never throws. */
  notify(notice: ServiceNotice): boolean {
    const text = Object.entries(notice)
      .map(([name, value]) => `${name}=${`${value}`.replaceAll("\n", " ")}`)
      .join("\n");
    try {
      const descriptor = connectUnix(this.#address, "datagram");
      const bytes = new TextEncoder().encode(text);
      const sent = sendSome(descriptor, bytes);
      closeDescriptor(descriptor);
      return sent === bytes.length;
    } catch {
      // The manager is gone, or restarts: the next notification finds it.
      return false;
    }
  }
}
