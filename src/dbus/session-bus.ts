/** Where the session's bus listens. */
import { join } from "node:path";
import { runtimeFolder } from "../base/runtime-folder.ts";
import { DBusConnection } from "./connection.ts";

/** Connects to this user's session bus. Throws with the reason. */
export function openSessionBus(): DBusConnection {
  return new DBusConnection(sessionBusPath());
}

/** The socket of the session bus; its existence is not checked. */
export function sessionBusPath(): string {
  const address = process.env.DBUS_SESSION_BUS_ADDRESS ?? "";
  return readBusAddress(address) ?? join(runtimeFolder(), "bus");
}

/** The first Unix socket that an address names: `unix:path=/run/user/1000/bus;…`. */
export function readBusAddress(address: string): string | undefined {
  for (const one of address.split(";")) {
    const [, kind, escaped] = /^unix:(?:.*,)?(path|abstract)=([^,]+)/.exec(one) ?? [];
    if (escaped === undefined) continue;
    const bytes = escaped.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return kind === "path" ? bytes : `\0${bytes}`;
  }
  return undefined;
}
