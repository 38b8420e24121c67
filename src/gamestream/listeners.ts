/** The ports of the path, and its announcement: opened together, closed together. */

import type { ControlPacket } from "./control/seal.ts";
import type { Announcement } from "./discovery.ts";
import { announce } from "./discovery.ts";
import type { EnetHost } from "./enet/host.ts";
import type { HttpServer } from "./http/server.ts";
import type { GamestreamOptions } from "./link.ts";
import type { MediaPort } from "./media/port.ts";
import type { Ports } from "./ports.ts";
import type { RtspServer } from "./rtsp/server.ts";

/** The services on the ports. */
export type ListenerParts = {
  readonly http: HttpServer;
  readonly rtsp: RtspServer;
  readonly enet: EnetHost<ControlPacket>;
  readonly video: MediaPort;
  readonly audio: MediaPort;
};

type Place = Pick<GamestreamOptions, "listenHost" | "identity" | "isAnnounced"> & {
  readonly ports: Ports;
  /** The host's identity for players. */
  readonly name: string;
};

/** Closed by its owner, also if it could not be opened completely. */
export class Listeners {
  readonly parts: ListenerParts;
  #announcement: Promise<Announcement> | undefined;

  constructor(parts: ListenerParts) {
    this.parts = parts;
  }

  /** @throws Failure `port_taken` */
  async open({ listenHost, identity, isAnnounced, ports, name }: Place): Promise<void> {
    const { http, rtsp, enet, video, audio } = this.parts;
    const at = (port: number) => ({ hostname: listenHost, port });
    const here = (port: number) => ({ address: listenHost, port });
    http.listen(at(ports.http));
    http.listen(at(ports.https), identity);
    rtsp.listen(listenHost);
    await enet.listen(here(ports.control));
    await video.listen(here(ports.video));
    await audio.listen(here(ports.audio));
    // Not waited for: searching for others of the same name takes a second.
    if (isAnnounced) this.#announcement = announce({ name, port: ports.http, listenHost });
  }

  async close(): Promise<void> {
    const { http, rtsp, enet, video, audio } = this.parts;
    for (const part of [http, rtsp, enet, video, audio]) part.close();
    const announcement = await this.#announcement;
    await announcement?.withdraw();
  }
}
