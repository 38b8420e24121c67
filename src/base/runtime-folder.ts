/**
 * Where a session's sockets lie: those of its compositor, its bus, its sound and its pictures. A
 * service of systemd may have no such variable; the folder that belongs to its user is then known.
 */

/** A folder, which need not be there. */
export function runtimeFolder(): string {
  return process.env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.() ?? 0}`;
}
