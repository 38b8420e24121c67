/**
 * The location of the user's sound server, PulseAudio or PipeWire in its place, and our
 * authentication.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const cookieBytes = 256;

/** Environment variables that say where the server is. */
export type SoundEnvironment = Readonly<Record<string, string | undefined>>;

/** The first server of `PULSE_SERVER` that is a local socket, otherwise the user's own. */
export function soundServerPath(environment: SoundEnvironment): string {
  const named = (environment.PULSE_SERVER ?? "").split(/\s+/).map((server) => {
    const address = server.replace(/^\{[^}]*\}/, "").replace(/^unix:/, "");
    return address.startsWith("/") ? address : undefined;
  });
  const runtime = environment.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
  const directory = environment.PULSE_RUNTIME_PATH ?? join(runtime, "pulse");
  return named.find((path) => path !== undefined) ?? join(directory, "native");
}

/** Proves to the server that we are one of its user's programs; the kernel does so too. */
export function readSoundCookie(environment: SoundEnvironment): Buffer {
  const home = environment.HOME ?? homedir();
  const places = [
    environment.PULSE_COOKIE,
    join(home, ".config/pulse/cookie"),
    join(home, ".pulse-cookie"),
  ];
  for (const path of places) {
    const bytes = path === undefined ? undefined : readSmall(path);
    if (bytes?.length === cookieBytes) return bytes;
  }
  return Buffer.alloc(cookieBytes);
}

function readSmall(path: string): Buffer | undefined {
  try {
    return readFileSync(path).subarray(0, cookieBytes);
  } catch {
    return undefined;
  }
}
