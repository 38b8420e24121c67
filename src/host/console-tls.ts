/**
 * The certificate of the console while the host runs: the operator's files, read again when they
 * change, or our own, renewed before it ends. A pair that cannot be used leaves the one in use.
 */
import type { Stats } from "node:fs";
import type { Clock } from "../base/clock.ts";
import {
  isEnding,
  keepShown,
  ownConsolePair,
  readTlsPair,
  type TlsPair,
} from "../base/console-certificate.ts";
import { Failure } from "../base/failure.ts";
import { machineNames } from "../base/host-names.ts";
import { keyPinOf } from "../base/identity.ts";
import { log, warn } from "../base/log.ts";
import { statIfAny } from "../base/read-file.ts";
import { every, type Scheduler, systemScheduler } from "../base/scheduler.ts";
import type { Config } from "../config.ts";
import type { Core } from "./core.ts";

const filesMs = 5000;
const renewalMs = 6 * 3_600_000;

type Options = {
  readonly config: Pick<Config, "tls" | "tlsFiles" | "listen" | "allowHosts" | "dataDirectory">;
  readonly core: Pick<Core, "identity">;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
};

/** The pair in use, and its changes. One per host whose console uses TLS. */
export class ConsoleTls implements Disposable {
  readonly #options: Options;
  #pair: TlsPair;
  /** State of the files as last read; their content was accepted or refused. */
  #seen = "";
  /** Refused once: certificate and key are written one after the other. */
  #refused = "";
  #cancel: () => void = () => undefined;

  private constructor(options: Options, pair: TlsPair) {
    this.#options = options;
    this.#pair = pair;
  }

  /** @throws Failure `tls_files` for the operator's files if they cannot be used */
  static async open(options: Options): Promise<ConsoleTls> {
    const { tlsFiles } = options.config;
    if (tlsFiles === undefined) return new ConsoleTls(options, await ownPair(options));
    const seen = await signatureOf(tlsFiles);
    const pair = await readTlsPair(tlsFiles).catch((cause: Error) => {
      const text = `Cannot use --tls-cert and --tls-key: ${cause.message}`;
      throw new Failure("tls_files", text, { cause });
    });
    await keepShown(options.config.dataDirectory, pair.cert);
    const tls = new ConsoleTls(options, pair);
    tls.#seen = seen;
    return tls;
  }

  get pair(): TlsPair {
    return this.#pair;
  }

  /** Pin of the key that is shown now, as `curl --pinnedpubkey` takes it. */
  get keyPin(): string {
    return keyPinOf(this.#pair.cert);
  }

  /** Calls `onChanged` with every pair that replaces the one in use. */
  follow(onChanged: (pair: TlsPair) => void): void {
    const { scheduler, config } = this.#options;
    const look = config.tlsFiles === undefined ? () => this.renew() : () => this.readAgain();
    const take = async () => {
      const pair = await look();
      if (pair === undefined) return;
      this.#pair = pair;
      log("console certificate changed", {});
      onChanged(pair);
    };
    const refuse = (cause: unknown) => warn("console_certificate_not_changed", { cause });
    const ms = config.tlsFiles === undefined ? renewalMs : filesMs;
    this.#cancel = every(scheduler, ms, () => void take().catch(refuse));
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  /** Another pair of our own if the one in use is about to expire. */
  async renew(): Promise<TlsPair | undefined> {
    const { clock } = this.#options;
    if (!isEnding(this.#pair.cert, clock.wallMs())) return undefined;
    return await ownPair(this.#options);
  }

  /**
   * The pair in the files if they have changed and it is valid.
   * @throws Error if it is not
   */
  async readAgain(): Promise<TlsPair | undefined> {
    const { tlsFiles, dataDirectory } = this.#options.config;
    if (tlsFiles === undefined) return undefined;
    const seen = await signatureOf(tlsFiles);
    if (seen === this.#seen) return undefined;
    try {
      const pair = await readTlsPair(tlsFiles);
      this.#seen = seen;
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return undefined;
      await keepShown(dataDirectory, pair.cert);
      return pair;
    } catch (cause) {
      // The second of the two files may not be written yet; logged once if it stays so.
      if (this.#refused !== seen) {
        this.#refused = seen;
        return undefined;
      }
      this.#seen = seen;
      throw cause;
    }
  }
}

/** The certificate of the console; `undefined` when it uses plain HTTP. @throws Failure `tls_files` */
export async function openConsoleTls(
  config: Config,
  core: Pick<Core, "identity" | "clock">,
  parts: AsyncDisposableStack,
): Promise<ConsoleTls | undefined> {
  if (!config.tls) return undefined;
  const scheduler = systemScheduler();
  return parts.use(await ConsoleTls.open({ config, core, clock: core.clock, scheduler }));
}

async function ownPair({ config, core, clock }: Options): Promise<TlsPair> {
  const names = [...config.allowHosts, config.listen.host, ...machineNames()];
  const { keyPem } = core.identity;
  return await ownConsolePair(config.dataDirectory, { keyPem, names, nowMs: clock.wallMs() });
}

/** Changes with either file, also if a link leads to another one. */
async function signatureOf(files: NonNullable<Config["tlsFiles"]>): Promise<string> {
  const all = await Promise.all([statIfAny(files.certificate), statIfAny(files.key)]);
  const part = (stats: Stats | undefined) =>
    stats === undefined ? "-" : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}`;
  return all.map(part).join(" ");
}
