/** The player's RTSP requests, one connection each, plain or sealed. */
import { createCipheriv, createDecipheriv } from "node:crypto";

export type RtspReply = {
  readonly status: string;
  readonly headers: string;
  readonly body: string;
};

export class RtspClient {
  readonly #port: number;
  readonly #key: Buffer | undefined;
  readonly #host: string;
  #sequence = 0;

  /** With a key, requests are sealed. */
  constructor(port: number, key?: Buffer, host = "127.0.0.1") {
    this.#port = port;
    this.#key = key;
    this.#host = host;
  }

  async ask(method: string, target: string, body = ""): Promise<RtspReply> {
    this.#sequence += 1;
    const length = body === "" ? "" : `Content-length: ${body.length}\r\n`;
    const head = `${method} ${target} RTSP/1.0\r\nCSeq: ${this.#sequence}\r\nX-GS-ClientVersion: 14\r\nHost: 127.0.0.1\r\n`;
    const request = Buffer.from(`${head}${length}\r\n${body}`, "latin1");
    const sealed = this.#key === undefined ? request : this.#seal(request);
    const answer = await exchange(this.#port, sealed, this.#host);
    const text = this.#key === undefined ? answer.toString("latin1") : this.#open(answer);
    const end = text.indexOf("\r\n\r\n");
    const [first = "", ...headers] = text.slice(0, end).split("\r\n");
    return { status: first, headers: headers.join("\r\n"), body: text.slice(end + 4) };
  }

  #seal(plain: Buffer): Buffer {
    const iv = Buffer.alloc(12);
    iv.writeUInt32LE(this.#sequence, 0);
    iv.write("CR", 10);
    const cipher = createCipheriv("aes-128-gcm", this.#key ?? iv, iv);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    const head = Buffer.alloc(8);
    head.writeUInt32BE((0x8000_0000 | sealed.length) >>> 0, 0);
    head.writeUInt32BE(this.#sequence, 4);
    return Buffer.concat([head, cipher.getAuthTag(), sealed]);
  }

  #open(bytes: Buffer): string {
    if (bytes.length < 24) return "";
    const iv = Buffer.alloc(12);
    iv.writeUInt32LE(bytes.readUInt32BE(4), 0);
    iv.write("HR", 10);
    const decipher = createDecipheriv("aes-128-gcm", this.#key ?? iv, iv);
    decipher.setAuthTag(bytes.subarray(8, 24));
    return Buffer.concat([decipher.update(bytes.subarray(24)), decipher.final()]).toString(
      "latin1",
    );
  }
}

/** Sends in two pieces, as players do, and reads until the host closes. */
export function exchange(
  port: number,
  request: Uint8Array,
  hostname = "127.0.0.1",
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const pieces: Buffer[] = [];
  void Bun.connect({
    hostname,
    port,
    socket: {
      open: (socket) => {
        const middle = request.length >> 1;
        socket.write(request.subarray(0, middle));
        socket.flush();
        socket.write(request.subarray(middle));
      },
      data: (_socket, bytes) => void pieces.push(Buffer.from(bytes)),
      close: () => resolve(Buffer.concat(pieces)),
      connectError: (_socket, cause) => reject(cause),
      error: () => undefined,
    },
  });
  return promise;
}
