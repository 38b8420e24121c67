/**
 * The route of sound to a page: that of its picture, over a connection of its own. Each connection
 * to a relay starts with the current address, and it is reported whether sound gets through.
 */
import { patience } from "./moq-connection.ts";
import { askForRelay, Tries } from "./relay-tries.ts";
import type { SoundConnection, SoundLine } from "./sound-messages.ts";

/** What to play, from either route. */
export type HeardSource = Omit<SoundLine, "url">;

type Options = {
  /** `undefined`: nothing. */
  play(line: SoundLine | undefined): void;
  /** Reports that it has no connection, and will hardly get one soon; or that it has one again. */
  onFailing(isFailing: boolean): void;
  /** On the host's own endpoint. */
  hostUrl(): string;
  readonly ask?: typeof askForRelay;
};

/** The route of one page's sound. `follow(undefined)` stops it. */
export class SoundWay {
  readonly #options: Options;
  #source: HeardSource | undefined;
  #line: SoundLine | undefined;
  #tries = new Tries();
  /** Asks again for the relay's address. */
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Plays this from now on; the same value changes nothing. */
  follow(source: HeardSource | undefined): void {
    if (isSame(source, this.#source)) return;
    this.#source = source;
    this.#tries = new Tries();
    this.#say();
    void this.#connect();
  }

  /** State of the connection. */
  heard(connection: SoundConnection): void {
    if (this.#source === undefined) return;
    this.#tries[connection]();
    this.#say();
    if (connection === "lost") void this.#connect();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    const source = this.#source;
    if (source === undefined) this.#play(undefined);
    else if (source.isRelayed) await this.#connectToRelay(source);
    else this.#play({ ...source, url: this.#options.hostUrl() });
  }

  async #connectToRelay(source: HeardSource): Promise<void> {
    const relay = await (this.#options.ask ?? askForRelay)();
    if (source !== this.#source) return;
    clearTimeout(this.#retry);
    if (relay?.url !== undefined) {
      this.#play({ ...source, url: this.#tries.byScheme(relay.url) });
      return;
    }
    if (relay !== undefined) {
      this.#tries.giveUp();
      this.#play(undefined);
      this.#say();
    }
    this.#retry = setTimeout(() => void this.#connect(), patience.max);
  }

  /** The same address changes nothing: its connection retries by itself. */
  #play(line: SoundLine | undefined): void {
    if (isSame(line, this.#line)) return;
    this.#line = line;
    this.#options.play(line);
  }

  #say(): void {
    this.#options.onFailing(this.#tries.areFailing);
  }
}

function isSame(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
