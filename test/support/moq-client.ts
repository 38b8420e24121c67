/** What tests do with a connection of the unmodified library, in Bun and in a browser's page alike. */
import { type Connection, Path } from "@moq/net";

/** The announcements a client sees, as they come. */
export function followAnnouncements(connection: Connection.Established, prefix = "") {
  const active = new Set<string>();
  const events: string[] = [];
  const announced = connection.announced(Path.from(prefix));
  void (async () => {
    for (;;) {
      const event = await announced.next().catch(() => undefined);
      if (event === undefined) return;
      if (event.active) active.add(event.path);
      else active.delete(event.path);
      events.push(`${event.active ? "+" : "-"}${event.path}`);
    }
  })();
  return { active, events };
}

/** Reads every frame of a track as a client of the library does. */
export function readTrack(connection: Connection.Established, path: string, name: string) {
  const subscriber = connection.consume(Path.from(path)).subscribe(name, {});
  const frames: Uint8Array[] = [];
  const groups: number[] = [];
  const over = (async () => {
    for (;;) {
      const group = await subscriber.recvGroup();
      if (group === undefined) return;
      groups.push(group.sequence);
      for (;;) {
        const frame = await group.readFrame();
        if (frame === undefined) break;
        frames.push(frame.payload);
      }
    }
  })().catch((error: unknown) => error);
  return { frames, groups, over, close: () => subscriber.close() };
}

export function parseFrame(payload: Uint8Array | undefined): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
}
