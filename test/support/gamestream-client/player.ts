/** A whole player at the level of the protocol: launches, streams, reports, loses what it is asked to. */
import { randomBytes } from "node:crypto";
import { ControlSeal } from "../../../src/gamestream/control/seal.ts";
import { appIdOf } from "../../../src/gamestream/http/apps.ts";
import type { Random } from "../random.ts";
import { AudioReceiver } from "./audio-receiver.ts";
import { EnetClient } from "./enet-client.ts";
import type { HttpClient } from "./http-client.ts";
import { randomFrom } from "./random.ts";
import { growReceiveBuffer } from "./receive-buffer.ts";
import { RtspClient } from "./rtsp-client.ts";
import { VideoReceiver, type WholeFrame } from "./video-receiver.ts";

export type PlayOptions = {
  readonly basePort: number;
  /** The host's address; the loopback unless given. */
  readonly host?: string;
  readonly http: HttpClient;
  readonly resume?: boolean;
  readonly appId?: number;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** Refresh rate of the player's screen; left out unless given. */
  readonly refreshX100?: number;
  readonly slices?: number;
  /** Of its sound: 2 unless given. */
  readonly channelCount?: number;
  readonly codec?: 0 | 1 | 2;
  readonly bitrateKbps?: number;
  readonly packetSize?: number;
  /** Bits: 1 control v2, 2 video, 4 audio. */
  readonly sealed?: number;
  readonly sealedRtsp?: boolean;
  readonly reportsLoss?: boolean;
  /** Share of video datagrams to throw away, of control datagrams to lose each way. */
  readonly videoLoss?: number;
  readonly controlLoss?: number;
  readonly seed?: number;
  readonly withAudio?: boolean;
};

const pingMs = 100;
const loopback = "127.0.0.1";

export class Player {
  readonly frames: WholeFrame[] = [];
  readonly answer: { readonly status: number; readonly message: string };
  readonly video: VideoReceiver;
  readonly audio: AudioReceiver;
  readonly control: EnetClient;
  /** Reason of a termination by the host, once it came. */
  terminated: number | undefined;
  isDisconnected = false;
  /** Nothing of the control stream passes, either way. */
  isCut = false;
  readonly #seal: ControlSeal;
  readonly #pingPayload: string;
  readonly #host: string;
  readonly #sockets: Bun.udp.Socket<"buffer">[] = [];
  readonly #timers: Timer[] = [];

  private constructor(parts: {
    answer: { status: number; message: string };
    key: Buffer;
    keyId: number;
    options: PlayOptions;
    connectData: number;
    pingPayload: string;
    layout: string;
  }) {
    const { options, key } = parts;
    const sealed = options.sealed ?? 1;
    const random = randomFrom(options.seed ?? 1);
    this.answer = parts.answer;
    this.#seal = new ControlSeal({ key, version: (sealed & 1) === 1 ? 2 : 1, own: "client" });
    this.audio = new AudioReceiver({ key, keyId: parts.keyId, layout: parts.layout });
    this.#pingPayload = parts.pingPayload;
    this.#host = options.host ?? loopback;
    this.video = new VideoReceiver({
      key: (sealed & 2) === 2 ? key : undefined,
      isThrown: () => random() < (options.videoLoss ?? 0),
      onFrame: (frame) => void this.frames.push(frame),
      onStatus: (status) => this.control.sendUnsequenced(0, this.#sealed(0x5502, status)),
      onLost: () => this.requestIdr(),
    });
    this.control = new EnetClient({
      host: this.#host,
      port: options.basePort + 10,
      connectData: parts.connectData,
      connectId: randomBytes(4).readUInt32BE(0),
      isLost: () => this.isCut || random() < (options.controlLoss ?? 0),
      onMessage: (data) => this.#receive(data),
      onDisconnect: () => {
        this.isDisconnected = true;
      },
    });
  }

  /** Launches and connects; rejects with the host's message when it is refused. */
  static async play(options: PlayOptions): Promise<Player> {
    const key = randomBytes(16);
    const keyId = randomBytes(4).readInt32BE(0);
    const mode = `${options.width ?? 640}x${options.height ?? 360}x${options.fps ?? 60}`;
    const answer = await options.http.secure(options.resume === true ? "/resume" : "/launch", {
      appid: `${options.appId ?? appIdOf("Test picture")}`,
      mode,
      rikey: key.toString("hex"),
      rikeyid: `${keyId}`,
      localAudioPlayMode: "0",
      surroundAudioInfo: "196610",
      corever: options.sealedRtsp === true ? "1" : "0",
    });
    const url = answer.value("sessionUrl0");
    if (url === undefined) throw new Error(answer.message);
    const isSealed = url.startsWith("rtspenc://");
    const facts = await handshake(options, isSealed ? key : undefined);
    const player = new Player({ answer, key, keyId, options, ...facts });
    await player.#connect(options);
    return player;
  }

  requestIdr(): void {
    this.#send(0x0302, Buffer.alloc(2));
  }

  invalidate(first: number, last: number): void {
    const payload = Buffer.alloc(24);
    payload.writeUInt32LE(first, 0);
    payload.writeUInt32LE(last, 8);
    this.#send(0x0301, payload);
  }

  input(kind: number, fields: Buffer): void {
    const payload = Buffer.alloc(8 + fields.length);
    payload.writeUInt32BE(4 + fields.length, 0);
    payload.writeUInt32LE(kind, 4);
    fields.copy(payload, 8);
    this.#send(0x0206, payload);
  }

  /** Says something over the control connection that no player says: bent outside or inside the seal. */
  garble(random: Random): void {
    const inside = random.bytes(40);
    const type = random.pick([
      0x0302,
      0x0301,
      0x0200,
      0x0206,
      0x5502,
      0x0350,
      random.below(0x10000),
    ]);
    const sealed = this.#sealed(type, inside);
    const isInside = random.below(2) === 0;
    this.control.sendUnsequenced(random.below(48), isInside ? sealed : random.bend([sealed]));
  }

  /** Quits the stream in good order; the app stays for a resume. */
  leave(): void {
    this.control.disconnect();
    this.kill();
  }

  /** Falls silent without a word. */
  kill(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.close();
    this.#sockets.length = 0;
    this.control.close();
  }

  [Symbol.dispose](): void {
    this.kill();
  }

  /** From here on it hears. */
  async listen(basePort: number): Promise<void> {
    await this.#openMedia(basePort + 11, (bytes) => this.audio.receive(bytes));
  }

  async #connect(options: PlayOptions): Promise<void> {
    await this.#openMedia(options.basePort + 9, (bytes) => this.video.receive(bytes));
    if (options.withAudio === true) await this.listen(options.basePort);
    await this.control.open();
    await this.control.connected();
    this.#send(0x0302, Buffer.alloc(2), 0);
    this.#send(0x0307, Buffer.alloc(1), 0);
    const ping = Buffer.alloc(8);
    ping.writeUInt16LE(4, 0);
    this.#timers.push(setInterval(() => this.#send(0x0200, ping, 0), pingMs));
  }

  async #openMedia(port: number, onDatagram: (bytes: Buffer) => void): Promise<void> {
    const host = this.#host;
    const socket = await Bun.udpSocket({
      hostname: host === loopback ? loopback : "0.0.0.0",
      socket: { data: (_socket, bytes) => onDatagram(bytes), error: () => undefined },
    });
    growReceiveBuffer(socket);
    this.#sockets.push(socket);
    let count = 0;
    const ping = () => {
      const bytes = Buffer.alloc(20);
      bytes.write(this.#pingPayload, 0, "latin1");
      bytes.writeUInt32BE(++count, 16);
      try {
        socket.send(bytes, port, host);
      } catch {
        // The host's port is closed; the next ping finds out again.
      }
    };
    ping();
    this.#timers.push(setInterval(ping, pingMs));
  }

  #send(type: number, payload: Buffer, channel = 1): void {
    this.control.sendReliable(channel, this.#sealed(type, payload));
  }

  #sealed(type: number, payload: Uint8Array): Buffer {
    const packet = this.#seal.seal(type, payload);
    if (packet === undefined) throw new Error("A player can always seal");
    return packet;
  }

  #receive(data: Buffer): void {
    const message = this.#seal.open(data);
    if (message?.type === 0x0109) this.terminated = message.payload.readUInt32BE(0);
  }
}

async function handshake(options: PlayOptions, key: Buffer | undefined) {
  const { host = loopback, basePort } = options;
  const rtsp = new RtspClient(basePort + 21, key, host);
  const target = `rtsp://${host}:${basePort + 21}`;
  await rtsp.ask("OPTIONS", target);
  const offer = (await rtsp.ask("DESCRIBE", target)).body;
  const audio = await rtsp.ask("SETUP", "streamid=audio/0/0");
  await rtsp.ask("SETUP", "streamid=video/0/0");
  const control = await rtsp.ask("SETUP", "streamid=control/13/0");
  const announced = await rtsp.ask("ANNOUNCE", "streamid=control/13/0", announceBody(options));
  if (!announced.status.includes("200")) throw new Error(`ANNOUNCE: ${announced.status}`);
  await rtsp.ask("PLAY", "/");
  const layouts = [...offer.matchAll(/surround-params=(\d+)/g)].map(([, digits = ""]) => digits);
  return {
    layout: layouts.find((digits) => digits.startsWith(`${options.channelCount ?? 2}`)) ?? "",
    pingPayload: /X-SS-Ping-Payload: (\S{16})/.exec(audio.headers)?.[1] ?? "",
    connectData: Number(/X-SS-Connect-Data: (\d+)/.exec(control.headers)?.[1]),
  };
}

export function announceBody(options: Partial<PlayOptions>): string {
  const sealed = options.sealed ?? 1;
  const attributes = {
    "x-nv-video[0].clientViewportWd": options.width ?? 640,
    "x-nv-video[0].clientViewportHt": options.height ?? 360,
    "x-nv-video[0].maxFPS": options.fps ?? 60,
    "x-nv-video[0].clientRefreshRateX100": options.refreshX100 ?? 0,
    "x-nv-video[0].videoEncoderSlicesPerFrame": options.slices ?? 1,
    "x-nv-video[0].packetSize": options.packetSize ?? 1024,
    "x-ml-video.configuredBitrateKbps": options.bitrateKbps ?? 5000,
    "x-nv-vqos[0].bitStreamFormat": options.codec ?? 0,
    "x-nv-vqos[0].fec.minRequiredFecPackets": 2,
    "x-nv-aqos.packetDuration": 5,
    "x-nv-audio.surround.numChannels": options.channelCount ?? 2,
    "x-nv-general.featureFlags": 0x20 | 135,
    "x-ss-general.encryptionEnabled": sealed,
    "x-ml-general.featureFlags": options.reportsLoss === false ? 2 : 3,
  };
  const lines = Object.entries(attributes).map(([name, value]) => `a=${name}:${value} \r\n`);
  return `v=0\r\n${lines.join("")}t=0 0\r\n`;
}
