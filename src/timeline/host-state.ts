/** The host's part of a checkpoint besides its settings: totals of the sessions, and the load. */
import { availableParallelism, freemem, loadavg } from "node:os";
import type { Session } from "../model/session.ts";

/** Totals of the running sessions. */
export function countersOf(sessions: readonly Session[]) {
  const sum = (read: (session: Session) => number | undefined) =>
    sessions.reduce((total, session) => total + (read(session) ?? 0), 0);
  return {
    frames_sent: sum((session) => session.frames_sent),
    bytes_sent: sum((session) => session.bytes_sent),
    packets_sent: sum((session) => session.packets_sent),
    packets_lost: sum((session) => session.packets_lost),
  };
}

/** Of the machine and of this process, at this moment. */
export function loadNow() {
  const { user, system } = process.cpuUsage();
  return {
    load_average_1m: loadavg()[0] ?? 0,
    cpu_count: availableParallelism(),
    process_cpu_us: user + system,
    process_memory_bytes: process.memoryUsage.rss(),
    free_memory_bytes: freemem(),
  };
}
