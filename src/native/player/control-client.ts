/**
 * The player's end of the control connection: connects, verifies the host, requests admission, and
 * requests a session. Nothing is sent before the host's certificate is verified.
 */
import { hostname } from "node:os";
import { connect, type TLSSocket } from "node:tls";
import { cannotText } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { isFailureCode } from "../../base/failure-codes.ts";
import { fingerprintOf, type Identity, readHostIdentity } from "../../base/identity.ts";
import { printableShort } from "../../base/printable.ts";
import { timers } from "../../base/scheduler.ts";
import { readCode } from "../host/pairing.ts";
import {
  type Message,
  MessageReader,
  type Open,
  type Opened,
  type Proof,
  protocolVersion,
  writeMessage,
} from "../wire/messages.ts";
import { signChallenge } from "../wire/trust.ts";
import { loadKnownHost, pathOf, saveKnownHost } from "./known-hosts.ts";

/** Where a host listens. */
export type HostAddress = { readonly host: string; readonly port: number };

/** The player's identity, and how it proves its right. */
export type PlayerCredentials = {
  readonly identity: Identity;
  readonly dataDirectory: string;
  /** A one-time code, when this player is being paired. */
  readonly code?: string | undefined;
};

const connectMsMaxUsual = 5000;
type ConnectOptions = {
  readonly credentials: PlayerCredentials;
  readonly connectMsMax?: number | undefined;
};
/** The host may have to start its encoder. */
const answerMsMax = 20_000;
/** A person has a minute to answer at the desktop; then the host opens the source. */
const desktopMsMax = 80_000;

/** A connection with the messages of the host in order. */
export class ControlClient {
  readonly #socket: TLSSocket;
  readonly #address: string;
  readonly #reader = new MessageReader();
  readonly #messages: Message[] = [];
  #waiting: PromiseWithResolvers<Message> | undefined;
  #closedFor: string | undefined;
  #onWaiting: (() => void) | undefined;
  /** When a session runs: every message, then the reason of its end. */
  onMessage: ((message: Message) => void) | undefined;
  onClose: ((reason: string) => void) | undefined;

  private constructor(socket: TLSSocket, address: string) {
    this.#socket = socket;
    this.#address = address;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (cause: Error) => this.#close(cause.message));
    socket.on("close", () => this.#close("the host closed the connection"));
  }

  /** Connects and verifies the host. @throws Failure */
  static async connect(
    to: HostAddress,
    { credentials, connectMsMax = connectMsMaxUsual }: ConnectOptions,
  ): Promise<ControlClient> {
    const address = `${to.host}:${to.port}`;
    const socket = await dial(to, credentials.identity, connectMsMax);
    const client = new ControlClient(socket, address);
    try {
      await client.#introduce(credentials);
      return client;
    } catch (cause) {
      client.close();
      throw cause;
    }
  }

  /** Destination of the media: the address that answered. */
  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? "";
  }

  /**
   * @param onWaiting called when a person at the host's desktop has to answer first, which takes a minute at most
   * @throws Failure with the host's own words when it refuses
   */
  async open(request: Open, onWaiting?: () => void): Promise<Opened> {
    this.send({ kind: "open", ...request });
    this.#onWaiting = onWaiting;
    return await this.#next("opened");
  }

  send(message: Message): void {
    if (this.#closedFor === undefined) this.#socket.write(writeMessage(message));
  }

  /** Pending data is still sent. */
  close(): void {
    this.onClose = undefined;
    this.#socket.end();
  }

  async #introduce({ identity, dataDirectory, code }: PlayerCredentials): Promise<void> {
    const raw: unknown = this.#socket.getPeerCertificate()?.raw;
    if (!(raw instanceof Uint8Array)) throw this.#failure("it shows no certificate");
    const hostFingerprint = fingerprintOf(raw);
    const challenge = await this.#next("challenge");
    const facts = {
      nonce: Buffer.from(challenge.nonce, "base64url"),
      hostFingerprint,
      playerFingerprint: identity.fingerprint,
    };
    const proof =
      code === undefined
        ? await this.#proveWithoutCode(facts, dataDirectory)
        : this.#proveWithCode(hostFingerprint, code);
    this.send({ kind: "hello", version: protocolVersion, name: hostname(), proof });
    const { name } = await this.#next("welcome");
    if (code !== undefined) {
      await saveKnownHost(dataDirectory, {
        address: this.#address,
        fingerprint: hostFingerprint,
        name,
      });
    }
  }

  #proveWithCode(hostFingerprint: string, code: string): Proof {
    const facts = readCode(code);
    if (facts === undefined) throw this.#failure("the pairing code is not complete");
    if (facts.fingerprint !== hostFingerprint) {
      throw new Failure(
        "wrong_host",
        `Cannot pair with "${this.#address}": its certificate is not the one in the code; ` +
          "another host answers there, or the code was made on another host",
      );
    }
    return { kind: "code", secret: Buffer.from(facts.secret).toString("base64url") };
  }

  async #proveWithoutCode(
    facts: Parameters<typeof signChallenge>[0],
    dataDirectory: string,
  ): Promise<Proof> {
    const own = await readHostIdentity(dataDirectory);
    if (own?.fingerprint === facts.hostFingerprint) {
      const signature = Buffer.from(signChallenge(facts, own.keyPem)).toString("base64url");
      return { kind: "key", signature };
    }
    const known = await loadKnownHost(dataDirectory, this.#address);
    if (known?.fingerprint === facts.hostFingerprint) return { kind: "certificate" };
    if (known !== undefined) {
      throw new Failure(
        "host_changed",
        `Cannot play from "${this.#address}": its certificate is not the one it was paired with; ` +
          "another host may be answering there. If the host was set up again, remove " +
          `"${pathOf(dataDirectory, this.#address)}" and pair again`,
      );
    }
    throw new Failure(
      "not_paired",
      `Cannot play from "${this.#address}": this player was never paired with it; ` +
        'make a code there with "onglass pair" and add "--pair CODE", or point --data-dir to its data directory',
    );
  }

  #read(chunk: Uint8Array): void {
    for (const message of this.#reader.read(chunk)) {
      if (message === "malformed") {
        this.#close("the host sent a malformed message");
        this.#socket.destroy();
      } else if (this.onMessage !== undefined) this.onMessage(message);
      else this.#keep(message);
    }
  }

  #keep(message: Message): void {
    if (this.#waiting === undefined) this.#messages.push(message);
    else this.#waiting.resolve(message);
    this.#waiting = undefined;
    // A host sends one answer at a time until the session runs.
    if (this.#messages.length > 8) this.#socket.destroy();
  }

  async #next<K extends Message["kind"]>(
    kind: K,
    msMax = answerMsMax,
  ): Promise<Extract<Message, { kind: K }>> {
    const late = `it did not answer within ${msMax / 1000} s`;
    const cancel = timers.after(msMax, () => this.#close(late));
    try {
      const message = this.#messages.shift() ?? (await this.#wait());
      // Anybody may answer here: such an answer is only shown, and limited in length.
      if (message.kind === "refused") {
        const code = isFailureCode(message.code) ? message.code : "host_refused";
        throw new Failure(code, printableShort(message.message));
      }
      // Once: a host that repeats it is not waited for any longer.
      if (message.kind === "waiting" && this.#onWaiting !== undefined) {
        this.#onWaiting();
        this.#onWaiting = undefined;
        cancel();
        return await this.#next(kind, desktopMsMax);
      }
      if (message.kind === "ended") throw this.#failure(printableShort(message.reason));
      if (message.kind !== kind) throw this.#failure(`it said "${message.kind}" out of turn`);
      // The kind was compared one line above.
      return message as Extract<Message, { kind: K }>;
    } finally {
      cancel();
    }
  }

  #wait(): Promise<Message> {
    if (this.#closedFor !== undefined) return Promise.reject(this.#failure(this.#closedFor));
    this.#waiting = Promise.withResolvers<Message>();
    return this.#waiting.promise;
  }

  #close(reason: string): void {
    if (this.#closedFor !== undefined) return;
    this.#closedFor = reason;
    this.#waiting?.reject(this.#failure(reason));
    this.#waiting = undefined;
    this.onClose?.(reason);
  }

  #failure(reason: string): Failure {
    const text = cannotText(`play from "${this.#address}"`, reason);
    return new Failure("host_unreachable", text);
  }
}

function dial(
  { host, port }: HostAddress,
  identity: Identity,
  connectMsMax: number,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: Error) => {
      cancel();
      socket.destroy();
      const message = `Cannot reach host "${host}:${port}": ${reason}`;
      reject(new Failure("host_unreachable", message, { cause }));
    };
    const cancel = timers.after(connectMsMax, () =>
      fail(`it did not answer within ${connectMsMax / 1000} s`),
    );
    const options = {
      host,
      port,
      cert: identity.certificatePem,
      key: identity.keyPem,
      // Self-signed on purpose: the fingerprint is compared right after the handshake.
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
    } as const;
    const socket = connect(options, () => {
      cancel();
      socket.removeListener("error", onError);
      resolve(socket);
    });
    const onError = (cause: Error) => fail(cause.message, cause);
    socket.on("error", onError);
  });
}
