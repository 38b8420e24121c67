/** Where the session's bus listens. */
import { join } from "node:path";
import { runtimeFolder } from "../base/runtime-folder.ts";
import { DBusConnection } from "./connection.ts";

/** Connects to the bus of this user's session. Throws with what is in the way. */
export function openSessionBus(): DBusConnection {
  return new DBusConnection(sessionBusPath());
}

/** The socket of the session's bus; whether it is there is not looked at. */
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
