/**
 * Where a session's sockets lie: those of its compositor, its bus, its sound and its pictures. A
 * systemd service may lack the variable; the folder of its user is then known.
 */

/** A folder, which need not exist. */
export function runtimeFolder(): string {
  return process.env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.() ?? 0}`;
}
