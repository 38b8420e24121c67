/**
 * Pairing with a PIN: four steps over HTTP, strictly in order, one attempt at a time for a player.
 *
 * The operator types the PIN that the player shows, so each attempt is bound to one PIN and a guess
 * costs an attempt: any failure drops the state, an attempt lives a minute, and after five failures
 * within ten minutes nobody may try for the rest of them.
 *
 * Nobody can block others: per player the newest attempt counts, per address the newest two, and if
 * all slots are taken, the oldest of the address with the most is dropped.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSign,
  randomBytes,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { inTime } from "../../base/scheduler.ts";
import {
  cleanPlayerName,
  type PinEntry,
  type PinOutcome,
  type WaitingPlayer,
} from "../../model/player.ts";
import { type PlayerCertificate, readCertificate, signatureOf } from "./certificate.ts";

export const pairingLifeUs = 60e6;
/** Time for the operator to walk over and enter the PIN. */
export const pinWaitUs = 180e6;
export const pairingCountMax = 8;
export const pairingsPerAddressMax = 2;
export const failureCountMax = 5;
/** A player completes the other steps at once. */
const outcomeMsMax = 10_000;
export const failureSpanUs = 600e6;

export type PairingHost = { readonly certificateDer: Uint8Array; readonly keyPem: string };

/** An attempt that waits for its PIN, as the operator sees it. */
export type PendingPairing = WaitingPlayer;

export type Begin = {
  readonly uniqueid: string;
  readonly name: string;
  readonly address: string;
  readonly salt: Buffer;
  readonly certificatePem: string;
};

type Step = "pin" | "challenge" | "response" | "secret";

type Attempt = {
  readonly id: number;
  readonly begin: Begin;
  readonly certificate: PlayerCertificate;
  readonly answerPin: (isGiven: boolean) => void;
  readonly serverSecret: Buffer;
  readonly serverChallenge: Buffer;
  expiresUs: number;
  /** The operator's name for the player, or its own. */
  name: string;
  /** Set when its PIN was entered. */
  answerOutcome: (outcome: PinOutcome) => void;
  step: Step;
  key: Buffer;
  clientHash: Buffer;
};

export type Paired = { readonly certificate: PlayerCertificate; readonly name: string };

export class PinPairings {
  readonly #host: PairingHost;
  readonly #clock: Clock;
  readonly #onWaiting: (pairing: PendingPairing) => void;
  readonly #hostSignature: Buffer;
  readonly #attempts = new Map<string, Attempt>();
  readonly #failuresUs: number[] = [];
  #attemptCount = 0;
  /** For the last entered PIN. */
  #outcome = Promise.withResolvers<PinOutcome>();

  constructor(
    host: PairingHost,
    clock: Clock,
    onWaiting: (pairing: PendingPairing) => void = () => undefined,
  ) {
    this.#host = host;
    this.#clock = clock;
    this.#onWaiting = onWaiting;
    const signature = signatureOf(host.certificateDer);
    if (signature === undefined)
      throw new Error("Cannot pair: the host's certificate is malformed");
    this.#hostSignature = signature;
  }

  /** Attempts that wait for a PIN. */
  pending(): PendingPairing[] {
    this.#expire();
    return [...this.#attempts.values()].filter((attempt) => attempt.step === "pin").map(pendingOf);
  }

  /** No attempt is accepted for now, because too many failed. */
  isLocked(): boolean {
    const since = this.#clock.nowUs() - failureSpanUs;
    while ((this.#failuresUs[0] ?? since) < since) this.#failuresUs.shift();
    return this.#failuresUs.length >= failureCountMax;
  }

  /**
   * Step 1. Resolves true when the PIN was entered; false when the attempt is refused, makes room
   * for a newer one, expires, or its player hangs up meanwhile, as reported by the signal.
   */
  begin(begin: Begin, signal?: AbortSignal): Promise<boolean> {
    this.#expire();
    // An attempt that already has its PIN, and starts over, has guessed.
    this.#fail(begin);
    const certificate = readCertificate(begin.certificatePem);
    if (certificate === undefined || this.isLocked()) return Promise.resolve(false);
    this.#makeRoom(begin.address);
    return new Promise((resolve) => {
      this.#attemptCount += 1;
      const attempt: Attempt = {
        id: this.#attemptCount,
        begin,
        certificate,
        answerPin: resolve,
        answerOutcome: () => undefined,
        name: begin.name,
        serverSecret: randomBytes(16),
        serverChallenge: randomBytes(16),
        expiresUs: this.#clock.nowUs() + pinWaitUs,
        step: "pin",
        key: Buffer.alloc(0),
        clientHash: Buffer.alloc(0),
      };
      this.#attempts.set(keyOf(begin), attempt);
      // One that has its PIN opens a new connection for each step.
      signal?.addEventListener("abort", () => {
        const isWaiting = attempt.step === "pin" && this.#attempts.get(keyOf(begin)) === attempt;
        if (isWaiting) this.#drop(begin);
      });
      this.#onWaiting(pendingOf(attempt));
    });
  }

  /**
   * The operator entered a PIN. Exactly one waiting attempt must match the operator's description.
   * False when there is none.
   */
  submitPin({ pin, uniqueid, id, name }: PinEntry): boolean {
    this.#expire();
    const waiting = [...this.#attempts.values()].filter(
      (each) =>
        each.step === "pin" &&
        (uniqueid ?? each.begin.uniqueid) === each.begin.uniqueid &&
        (id ?? each.id) === each.id,
    );
    const [attempt] = waiting;
    if (attempt === undefined || waiting.length > 1) return false;
    attempt.key = sha256(attempt.begin.salt, Buffer.from(pin, "latin1")).subarray(0, 16);
    attempt.step = "challenge";
    attempt.name = cleanPlayerName(name ?? "") || attempt.begin.name;
    this.#outcome = Promise.withResolvers();
    attempt.answerOutcome = this.#outcome.resolve;
    attempt.expiresUs = this.#clock.nowUs() + pairingLifeUs;
    attempt.answerPin(true);
    return true;
  }

  /** Step 2: `undefined` ends the attempt, here and in the next two. */
  challenge(who: Who, encrypted: Buffer | undefined): Buffer | undefined {
    const attempt = this.#take(who, "challenge");
    if (attempt === undefined || encrypted?.length !== 16) return this.#fail(who);
    const challenge = ecb(attempt.key, encrypted, "open");
    const hash = sha256(challenge, this.#hostSignature, attempt.serverSecret);
    attempt.step = "response";
    return ecb(attempt.key, Buffer.concat([hash, attempt.serverChallenge]), "seal");
  }

  /** Step 3: our secret and its signature, by which the player sees that the PIN was right. */
  response(who: Who, encrypted: Buffer | undefined): Buffer | undefined {
    const attempt = this.#take(who, "response");
    if (attempt === undefined || encrypted?.length !== 32) return this.#fail(who);
    attempt.clientHash = ecb(attempt.key, encrypted, "open");
    attempt.step = "secret";
    const signature = createSign("sha256").update(attempt.serverSecret).sign(this.#host.keyPem);
    return Buffer.concat([attempt.serverSecret, signature]);
  }

  /** Step 4: the player proves that it knew the PIN and owns its certificate. */
  secret(who: Who, bytes: Buffer | undefined): Paired | undefined {
    const attempt = this.#take(who, "secret");
    if (attempt === undefined || bytes === undefined || bytes.length < 32) return this.#fail(who);
    const { certificate } = attempt;
    const secret = bytes.subarray(0, 16);
    const hash = sha256(attempt.serverChallenge, certificate.signature, secret);
    const isPinRight = timingSafeEqual(hash, attempt.clientHash);
    const isOwner = verify("sha256", secret, certificate.publicKey, bytes.subarray(16));
    if (!(isPinRight && isOwner)) return this.#fail(who);
    this.#attempts.delete(keyOf(who));
    attempt.answerOutcome("paired");
    return { certificate, name: attempt.name };
  }

  /**
   * The player cancelled. Returns `wrong_pin` if it had its PIN and our proof that we know it too:
   * either they differ, or it is a player that occasionally fails by itself.
   */
  cancel(who: Who): "wrong_pin" | undefined {
    const step = this.#attempts.get(keyOf(who))?.step;
    this.#fail(who);
    return step === "response" || step === "secret" ? "wrong_pin" : undefined;
  }

  /**
   * The result of the last PIN; `unfinished` when the player has not answered within ten seconds.
   */
  async outcome(): Promise<PinOutcome> {
    return await inTime(this.#outcome.promise, { ms: outcomeMsMax }, () => "unfinished");
  }

  /** The operator rejects a waiting player. False when it is not waiting any more. */
  refuse(id: number): boolean {
    this.#expire();
    const attempt = [...this.#attempts.values()].find((each) => each.id === id);
    if (attempt?.step !== "pin") return false;
    this.#drop(attempt.begin);
    return true;
  }

  /** Ends every attempt; a player that waits for a PIN is refused. */
  close(): void {
    for (const { begin } of this.#attempts.values()) this.#drop(begin);
  }

  #take(who: Who, step: Step): Attempt | undefined {
    this.#expire();
    const attempt = this.#attempts.get(keyOf(who));
    return attempt?.step === step ? attempt : undefined;
  }

  /** An attempt that has its PIN is about to finish, and stays. */
  #makeRoom(address: string): void {
    const waiting = [...this.#attempts.values()].filter(({ step }) => step === "pin");
    const of = (at: string) => waiting.filter(({ begin }) => begin.address === at);
    if (of(address).length >= pairingsPerAddressMax) this.#dropFirst(of(address));
    else if (this.#attempts.size >= pairingCountMax) {
      const rows = waiting.map(({ begin }) => of(begin.address));
      this.#dropFirst(rows.sort((a, b) => b.length - a.length)[0] ?? []);
    }
  }

  #dropFirst([oldest]: readonly Attempt[]): void {
    if (oldest !== undefined) this.#drop(oldest.begin);
  }

  /** Only an attempt that had its PIN counts as a guess. */
  #fail(who: Who): undefined {
    const attempt = this.#attempts.get(keyOf(who));
    const step = attempt?.step ?? "pin";
    if (step !== "pin") this.#failuresUs.push(this.#clock.nowUs());
    attempt?.answerOutcome(step === "pin" || step === "challenge" ? "unfinished" : "wrong_pin");
    this.#drop(who);
    return undefined;
  }

  #drop(who: Who): void {
    const attempt = this.#attempts.get(keyOf(who));
    this.#attempts.delete(keyOf(who));
    attempt?.answerPin(false);
  }

  #expire(): void {
    const nowUs = this.#clock.nowUs();
    for (const { begin, expiresUs } of this.#attempts.values()) {
      if (expiresUs <= nowUs) this.#fail(begin);
    }
  }
}

/** Players often share their `uniqueid`; the address distinguishes them. */
type Who = { readonly uniqueid: string; readonly address: string };
const keyOf = ({ uniqueid, address }: Who) => `${address} ${uniqueid}`;

function pendingOf({ id, begin: { uniqueid, name, address } }: Attempt): PendingPairing {
  return { id, uniqueid, name, address };
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
