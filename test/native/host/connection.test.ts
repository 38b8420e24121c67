import { expect, test } from "bun:test";
import { connect as connectPlain } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { fingerprintOf, type Identity, loadPlayerIdentity } from "../../../src/base/identity.ts";
import { cleanName } from "../../../src/native/host/connection.ts";
import { connectionCountMaxPerAddress } from "../../../src/native/host/listener.ts";
import { type Message, MessageReader, writeMessage } from "../../../src/native/wire/messages.ts";
import {
  ownCredentials,
  smallRequest,
  startTestHost,
  startTestPlayer,
  type TestHost,
} from "../../support/native.ts";

type Wire = {
  readonly socket: TLSSocket;
  readonly messages: Message[];
  readonly closed: Promise<void>;
  message(kind: Message["kind"]): Promise<Message>;
};

function dial(port: number, identity?: Identity): Promise<Wire> {
  const options = {
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
    ...(identity ? { cert: identity.certificatePem, key: identity.keyPem } : {}),
  };
  return new Promise((resolve, reject) => {
    const messages: Message[] = [];
    const waiting = new Map<string, (message: Message) => void>();
    const closed = Promise.withResolvers<void>();
    const reader = new MessageReader();
    const socket = connect(options, () => {
      resolve({
        socket,
        messages,
        closed: closed.promise,
        message: (kind) =>
          new Promise((found) => {
            const past = messages.find((each) => each.kind === kind);
            if (past === undefined) waiting.set(kind, found);
            else found(past);
          }),
      });
    });
    socket.on("error", reject);
    socket.on("close", () => closed.resolve());
    socket.on("data", (chunk: Buffer) => {
      for (const message of reader.read(chunk)) {
        if (message === "malformed") continue;
        messages.push(message);
        waiting.get(message.kind)?.(message);
      }
    });
  });
}

const hello = (proof: Extract<Message, { kind: "hello" }>["proof"]): Message => ({
  kind: "hello",
  version: 1,
  name: "test",
  proof,
});

test("malformed control ends that connection and nothing else", async () => {
  await using host = await startTestHost();
  const credentials = await ownCredentials(host);
  using player = await startTestPlayer(host.host.port, credentials);
  await player.frameCount(1);
  for (const bytes of [
    Uint8Array.of(0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0, 0, 0, 0),
    Uint8Array.of(0, 0, 0, 3, 0, 2, 0x7b),
    writeMessage({ kind: "welcome", name: "I am the host" }),
    writeMessage({
      kind: "open",
      width: 320,
      height: 180,
      fps: 60,
      codec: "h264",
      bitrate_kbps: 1000,
      packet_bytes: 1200,
    }),
  ]) {
    const wire = await dial(host.host.port, credentials.identity);
    await wire.message("challenge");
    wire.socket.write(bytes);
    await wire.closed;
    expect(wire.messages.map(({ kind }) => kind)).toEqual(["challenge"]);
  }
  await player.frameCount(player.frames.length + 10);
  expect(host.host.sessions()).toHaveLength(1);
}, 30_000);

test("a player without a certificate is refused", async () => {
  await using host = await startTestHost();
  const wire = await dial(host.host.port);
  await wire.message("challenge");
  wire.socket.write(writeMessage(hello({ kind: "certificate" })));
  expect(await wire.message("refused")).toMatchObject({ code: "no_certificate" });
  await wire.closed;
});

/** A player that was let in and has not asked for a session yet. */
async function dialAsPaired(host: TestHost): Promise<Wire & { readonly id: string }> {
  const identity = await loadPlayerIdentity(`${host.dataDirectory}/paired`);
  const wire = await dial(host.host.port, identity);
  await wire.message("challenge");
  const { code } = await host.host.createPairingCode();
  const secret = Buffer.from(code, "base64url").subarray(33).toString("base64url");
  wire.socket.write(writeMessage(hello({ kind: "code", secret })));
  await wire.message("welcome");
  return { ...wire, id: identity.fingerprint };
}

test("a player that is removed between its hello and its open gets no session", async () => {
  await using host = await startTestHost();
  const wire = await dialAsPaired(host);
  expect(await host.host.removeClient(wire.id)).toBe(true);
  wire.socket.write(writeMessage({ kind: "open", ...smallRequest }));
  await wire.closed;
  expect(wire.messages.map(({ kind }) => kind)).not.toContain("opened");
  expect(host.events.filter(({ kind }) => kind === "session_started")).toEqual([]);
});

test("a player that is removed while its encoder is being opened gets no session", async () => {
  await using host = await startTestHost();
  const wire = await dialAsPaired(host);
  wire.socket.write(writeMessage({ kind: "open", ...smallRequest }));
  expect(await host.host.removeClient(wire.id)).toBe(true);
  await wire.closed;
  expect(host.host.sessions()).toEqual([]);
  const started = host.events.filter(({ kind }) => kind === "session_started").length;
  const ended = host.events.filter(({ kind }) => kind === "session_ended").length;
  expect(started).toBe(ended);
});

test("a signature made for somebody else's certificate lets nobody in", async () => {
  await using host = await startTestHost();
  await ownCredentials(host);
  const wire = await dial(host.host.port, await loadPlayerIdentity(`${host.dataDirectory}/other`));
  await wire.message("challenge");
  const signature = Buffer.alloc(256, 1).toString("base64url");
  wire.socket.write(writeMessage(hello({ kind: "key", signature })));
  expect(await wire.message("refused")).toMatchObject({ code: "not_paired" });
});

test("another version of the protocol is refused by its number", async () => {
  await using host = await startTestHost();
  const wire = await dial(host.host.port, (await ownCredentials(host)).identity);
  await wire.message("challenge");
  wire.socket.write(writeMessage({ ...hello({ kind: "certificate" }), version: 2 } as Message));
  expect(await wire.message("refused")).toMatchObject({ code: "version_unsupported" });
});

test("the host shows the certificate of its data directory", async () => {
  await using host = await startTestHost();
  const wire = await dial(host.host.port);
  const { code } = await host.host.createPairingCode();
  const fingerprint = fingerprintOf(wire.socket.getPeerCertificate().raw);
  expect(Buffer.from(code, "base64url").subarray(1, 33).toString("hex")).toBe(fingerprint);
  wire.socket.destroy();
});

test("a connection that says nothing is cut", async () => {
  await using host = await startTestHost();
  const tls = await dial(host.host.port);
  const plain = connectPlain(host.host.port, "127.0.0.1");
  const plainClosed = new Promise<void>((resolve) => plain.on("close", () => resolve()));
  await Promise.all([tls.closed, plainClosed]);
  await host.event("refused", ({ reason }) => reason.includes("did not request a session"));
});

test("one address gets so many connections, and room again when one closes", async () => {
  await using host = await startTestHost();
  const { port } = host.host;
  const wires = await Promise.all(
    Array.from({ length: connectionCountMaxPerAddress }, () => dial(port)),
  );
  await Promise.all(wires.map((wire) => wire.message("challenge")));
  const tooMany = connectPlain(port, "127.0.0.1");
  await new Promise<void>((resolve) => tooMany.on("close", () => resolve()));
  wires[0]?.socket.destroy();
  // The host hears of the free place a moment later: until then it turns the newcomer away.
  for (let isIn = false; !isIn; ) {
    const wire = await dial(port).catch(() => undefined);
    isIn =
      wire !== undefined &&
      (await Promise.race([wire.message("challenge"), wire.closed])) !== undefined;
    wire?.socket.destroy();
  }
  for (const wire of wires) wire.socket.destroy();
}, 30_000);

test("a name is fit to be shown", () => {
  expect(cleanName("  Ada's desk ")).toBe("Ada's desk");
  expect(cleanName("a\u0000b\u001b[31m\u202Ec")).toBe("ab[31mc");
  expect(cleanName("\n\t")).toBe("player");
  // As schemas count: an emoji is two.
  expect(cleanName("😀".repeat(100))).toBe("😀".repeat(32));
});
