/** The player's side of the HTTP interface: who it is, pairing step by step, and plain requests. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSign,
  randomBytes,
  verify,
  X509Certificate,
} from "node:crypto";
import type { Identity } from "../../../src/base/identity.ts";
import { signatureOf } from "../../../src/gamestream/http/certificate.ts";

export type HttpAnswer = {
  readonly status: number;
  readonly message: string;
  readonly text: string;
  value(name: string): string | undefined;
};

export class HttpClient {
  readonly identity: Identity;
  readonly #basePort: number;
  readonly #host: string;
  readonly uniqueid = "0123456789ABCDEF";

  constructor(basePort: number, identity: Identity, host = "127.0.0.1") {
    this.#basePort = basePort;
    this.identity = identity;
    this.#host = host;
  }

  plain(path: string, query: Record<string, string> = {}): Promise<HttpAnswer> {
    return this.#get(`http://${this.#host}:${this.#basePort}`, path, query);
  }

  secure(path: string, query: Record<string, string> = {}): Promise<HttpAnswer> {
    return this.#get(`https://${this.#host}:${this.#basePort - 5}`, path, query);
  }

  /** Begins a pairing; resolves when the operator has given a PIN, whichever. */
  begin(salt: Buffer): Promise<HttpAnswer> {
    return this.plain("/pair", {
      phrase: "getservercert",
      devicename: "test player",
      salt: salt.toString("hex"),
      clientcert: Buffer.from(this.identity.certificatePem).toString("hex"),
    });
  }

  /** All steps with the PIN that this player shows. False at the player's own check. */
  async pair(pin: string): Promise<"paired" | "wrong_pin" | "refused"> {
    const salt = randomBytes(16);
    const begun = await this.begin(salt);
    if (begun.value("paired") !== "1") return "refused";
    const hostPem = Buffer.from(begun.value("plaincert") ?? "", "hex").toString();
    return await this.finish({ pin, salt, hostPem });
  }

  async finish(begun: {
    pin: string;
    salt: Buffer;
    hostPem: string;
  }): Promise<"paired" | "wrong_pin" | "refused"> {
    const key = sha256(begun.salt, Buffer.from(begun.pin)).subarray(0, 16);
    const host = new X509Certificate(begun.hostPem);
    const challenge = randomBytes(16);
    const second = await this.plain("/pair", {
      clientchallenge: ecb(key, challenge, "seal").toString("hex"),
    });
    if (second.value("paired") !== "1") return "refused";
    const response = ecb(key, Buffer.from(second.value("challengeresponse") ?? "", "hex"), "open");
    const secret = randomBytes(16);
    const own = signatureOf(new X509Certificate(this.identity.certificatePem).raw) ?? secret;
    const hash = sha256(response.subarray(32, 48), own, secret);
    const third = await this.plain("/pair", {
      serverchallengeresp: ecb(key, hash, "seal").toString("hex"),
    });
    if (third.value("paired") !== "1") return "refused";
    const pairing = Buffer.from(third.value("pairingsecret") ?? "", "hex");
    const hostSecret = pairing.subarray(0, 16);
    if (!verify("sha256", hostSecret, host.publicKey, pairing.subarray(16))) return "refused";
    const expected = sha256(challenge, signatureOf(host.raw) ?? secret, hostSecret);
    if (!expected.equals(response.subarray(0, 32))) {
      await this.plain("/unpair");
      return "wrong_pin";
    }
    const signature = createSign("sha256").update(secret).sign(this.identity.keyPem);
    const fourth = await this.plain("/pair", {
      clientpairingsecret: Buffer.concat([secret, signature]).toString("hex"),
    });
    if (fourth.value("paired") !== "1") return "refused";
    const last = await this.secure("/pair", { phrase: "pairchallenge" });
    return last.value("paired") === "1" ? "paired" : "refused";
  }

  async #get(origin: string, path: string, query: Record<string, string>): Promise<HttpAnswer> {
    const ids = { uniqueid: this.uniqueid, uuid: crypto.randomUUID() };
    const url = `${origin}${path}?${new URLSearchParams({ ...ids, ...query })}`;
    const { certificatePem: cert, keyPem: key } = this.identity;
    const tls = { cert, key, rejectUnauthorized: false };
    const response = await fetch(url, { tls, keepalive: false });
    const text = await response.text();
    return {
      status: Number(/status_code="(\d+)"/.exec(text)?.[1]),
      message: /status_message="([^"]*)"/.exec(text)?.[1] ?? "",
      text,
      value: (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1],
    };
  }
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function ecb(key: Buffer, bytes: Uint8Array, direction: "seal" | "open"): Buffer {
  const make = direction === "seal" ? createCipheriv : createDecipheriv;
  const cipher = make("aes-128-ecb", key, null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}
