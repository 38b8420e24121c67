/** Where an X display listens, and the authorization of a client. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Socket, SocketHandler } from "bun";
import { type Cookie, findCookie } from "./wire.ts";

/** The number in the name of a display, `:0` or `host:0.0`. Throws for an invalid one. */
export function displayNumber(name: string): string {
  return partsOf(name).number;
}

/** Connects by the name of a display. Rejects when nothing listens there. */
export function connectDisplay(name: string, socket: SocketHandler<undefined>): Promise<Socket> {
  const { host, number } = partsOf(name);
  const isLocal = host === "" || host === "unix";
  return isLocal
    ? Bun.connect<undefined>({ unix: `/tmp/.X11-unix/X${number}`, socket })
    : Bun.connect<undefined>({ hostname: host, port: 6000 + Number(number), socket });
}

/** The entry of a display in the user's authority file; empty when there is none. */
export async function cookieOf(number: string): Promise<Cookie> {
  const file = Bun.file(authorityPath());
  const bytes = (await file.exists()) ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
  return findCookie(bytes, number);
}

/** The same for a thread that may block. */
export function readCookie(number: string): Cookie {
  const path = authorityPath();
  return findCookie(existsSync(path) ? readFileSync(path) : Buffer.alloc(0), number);
}

function authorityPath(): string {
  return process.env.XAUTHORITY ?? join(homedir(), ".Xauthority");
}

function partsOf(name: string): { host: string; number: string } {
  const match = /^([^:]*):(\d{1,5})(?:\.\d+)?$/.exec(name);
  if (match === null) throw new Error("it is not the name of a display");
  const [, host = "", number = ""] = match;
  return { host, number };
}
