/**
 * The unmodified library inside a browser's page, as a test bundles it: a connection to the host that
 * the page came from, what it sees announced, and the tracks that it reads, for `page.evaluate`.
 */
import { Connection } from "@moq/net";
import { followAnnouncements, parseFrame, readTrack } from "./moq-client.ts";

type Reader = ReturnType<typeof readTrack>;

/** By path and name, so that a test can speak of them in text. */
const readers = new Map<string, Reader>();
let connection: Connection.Established | undefined;
let followed: ReturnType<typeof followAnnouncements> | undefined;

const inPage = {
  async connect(address: string, prefix: string): Promise<void> {
    connection = await Connection.connect(new URL(address), { websocket: { delay: 0 } });
    connection.closed.catch(() => undefined);
    followed = followAnnouncements(connection, prefix);
  },
  active: () => [...(followed?.active ?? [])].sort(),
  events: () => followed?.events ?? [],
  read(path: string, name: string): void {
    if (connection === undefined) throw new Error("connect first");
    readers.set(`${path} ${name}`, readTrack(connection, path, name));
  },
  /** What was read so far, parsed. */
  frames: (path: string, name: string) =>
    (readers.get(`${path} ${name}`)?.frames ?? []).map(parseFrame),
  leave: (path: string, name: string) => readers.get(`${path} ${name}`)?.close(),
};

Object.assign(globalThis, { inPage });
