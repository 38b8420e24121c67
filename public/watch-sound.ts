/**
 * The sound of a watched stream, as a person turns it on and off: the button, the volume, their
 * remembered values, and the figures. Nothing is played before a click.
 */
import type MoqWatch from "@moq/watch/element";
import { numberFormat } from "./format.ts";
import { hostAddress } from "./host-address.ts";
import { SoundPlayer, type SoundScripts } from "./sound-player.ts";
import { soundTrackOf } from "./sound-track.ts";
import { type HeardSource, SoundWay } from "./sound-way.ts";
import { putFigure } from "./watch-figures.ts";

const storageKey = "onglass.sound";
/** Number of pictures whose delay is kept: a second and a half at 60 per second. */
const lagCountMax = 90;
/** A picture shown longer ago says nothing about the present. */
const pictureMsMax = 1000;

type Remembered = { readonly volume: number; readonly isOn: boolean };

/** The sound part of a report; absent until sound was turned on once. */
export type HeardReport = {
  readonly sound_ms?: number;
  readonly sound_empty?: number;
  readonly sound_offset_us?: number;
};

/** The sound of one `<watch-player>`. */
export class WatchSound {
  readonly #root: HTMLElement;
  #watch: MoqWatch | undefined;
  #player: SoundPlayer | undefined;
  /** The last known one: a page that joins again keeps its sound. */
  #source: HeardSource | undefined;
  readonly #way = new SoundWay({
    play: (line) => this.#player?.play(line),
    hostUrl: () => hostAddress().href,
    onFailing: (isFailing) => this.#sayWhy(isFailing ? "lost" : undefined),
  });
  #following = new AbortController();
  #remembered = readRemembered();
  /** Totals of closed players: totals only grow. */
  #before = { playedMs: 0, emptyCount: 0 };
  #wasOn = false;
  readonly #lagsMs: number[] = [];
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /**
   * Follows the player's broadcast; the player's own sound, which would run as well, is switched
   * off.
   */
  follow(watch: MoqWatch): void {
    this.#watch = watch;
    watch.audio.source.close();
    this.#following = new AbortController();
    const { signal } = this.#following;
    const take = () => this.#playTrack();
    const disposes = [
      watch.broadcast.out.catalog.subscribe(take),
      watch.broadcast.out.active.subscribe(take),
    ];
    signal.addEventListener("abort", () => {
      for (const dispose of disposes) dispose();
    });
    this.#button()?.addEventListener("click", () => this.#toggle(), { signal });
    this.#slider()?.addEventListener("input", () => this.#takeVolume(), { signal });
    document.addEventListener("visibilitychange", take, { signal });
    // Of several streams side by side, a person chooses which to hear.
    const isAlone = document.querySelectorAll("watch-player").length === 1;
    if (this.#remembered.isOn && isAlone) this.#waitForGesture(signal);
    this.#show();
  }

  close(): void {
    this.#following.abort();
    this.#turnOff();
  }

  /** A picture is on the canvas. */
  pictureShown(timeUs: number, nowMs: number): void {
    this.#shownMs = nowMs;
    this.#lagsMs.push(nowMs - timeUs / 1000);
    if (this.#lagsMs.length > lagCountMax) this.#lagsMs.shift();
  }

  /**
   * Shows the figures.
   * @returns the sound part of the report
   */
  take(): HeardReport {
    if (!this.#wasOn) return {};
    const { playedMs = 0, emptyCount = 0, offsetMs } = this.#player?.figures ?? {};
    const sound_ms = this.#before.playedMs + playedMs;
    const sound_empty = this.#before.emptyCount + emptyCount;
    putFigure(this.#root, "sound-offset", offsetMs === undefined ? "–" : signedMs(offsetMs));
    putFigure(this.#root, "sound-empty", numberFormat(0).format(sound_empty));
    const offset = offsetMs === undefined ? {} : { sound_offset_us: Math.round(offsetMs * 1000) };
    return { sound_ms, sound_empty, ...offset };
  }

  #toggle(): void {
    if (this.#player === undefined) this.#turnOn();
    else this.#turnOff();
    this.#remember({ isOn: this.#player !== undefined });
  }

  /** If sound was on last time, it starts with the first click or key on the page. */
  #waitForGesture(signal: AbortSignal): void {
    const begin = () => {
      if (this.#player === undefined && this.#remembered.isOn) this.#turnOn();
    };
    for (const type of ["click", "keydown"])
      document.addEventListener(type, begin, { signal, once: true });
  }

  #turnOn(): void {
    const scripts = readScripts();
    if (scripts === undefined) return;
    this.#wasOn = true;
    this.#player = new SoundPlayer({
      scripts,
      volume: loudnessOf(this.#remembered.volume),
      onFault: () => {
        this.#turnOff();
        this.#sayWhy("fault");
      },
      onConnection: (connection) => this.#way.heard(connection),
      pictureLagMs: () => this.#pictureLagMs(),
    });
    this.#playTrack();
    this.#show();
  }

  #turnOff(): void {
    const { playedMs = 0, emptyCount = 0 } = this.#player?.figures ?? {};
    this.#before = {
      playedMs: this.#before.playedMs + playedMs,
      emptyCount: this.#before.emptyCount + emptyCount,
    };
    this.#player?.close();
    this.#player = undefined;
    this.#way.follow(undefined);
    this.#show();
  }

  /** For the broadcast as last described; nothing on a hidden page. */
  #playTrack(): void {
    this.#source = this.#readSource() ?? this.#source;
    const part = this.#part("sound");
    if (part !== null && this.#source !== undefined) part.hidden = false;
    const isSeen = document.visibilityState !== "hidden";
    this.#way.follow(isSeen && this.#player !== undefined ? this.#source : undefined);
  }

  /** `undefined` while the page joins, and for a stream without sound. */
  #readSource(): HeardSource | undefined {
    const track = soundTrackOf(this.#watch?.broadcast.out.catalog.peek());
    const { broadcast, way } = this.#root.dataset;
    if (track === undefined || broadcast === undefined) return undefined;
    return { isRelayed: way === "relay", broadcast, track };
  }

  /** Why nothing is heard although sound is on. */
  #sayWhy(why: "lost" | "fault" | undefined): void {
    const note = this.#part("sound-note");
    if (note !== null) note.textContent = (why && note.dataset[why]) ?? "";
  }

  #takeVolume(): void {
    const volume = Number(this.#slider()?.value ?? 0) / 100;
    if (this.#player !== undefined) this.#player.volume = loudnessOf(volume);
    this.#remember({ volume });
  }

  #remember(change: Partial<Remembered>): void {
    this.#remembered = { ...this.#remembered, ...change };
    try {
      localStorage.setItem(storageKey, JSON.stringify(this.#remembered));
    } catch {
      // A browser may allow no storage: then it is not remembered.
    }
  }

  #show(): void {
    const [button, slider] = [this.#button(), this.#slider()];
    const isOn = this.#player !== undefined;
    if (button !== null) button.textContent = (isOn ? button.dataset.off : button.dataset.on) ?? "";
    if (slider !== null) slider.value = String(Math.round(this.#remembered.volume * 100));
    for (const figure of this.#root.querySelectorAll<HTMLElement>("[data-sound]"))
      figure.hidden = !this.#wasOn;
  }

  #pictureLagMs(): number | undefined {
    if (performance.now() - this.#shownMs > pictureMsMax) return undefined;
    return this.#lagsMs.toSorted((a, b) => a - b)[this.#lagsMs.length >> 1];
  }

  #button(): HTMLElement | null {
    return this.#part("sound-button");
  }

  #slider(): HTMLInputElement | null {
    return this.#root.querySelector<HTMLInputElement>("[data-part=volume]");
  }

  #part(name: string): HTMLElement | null {
    return this.#root.querySelector<HTMLElement>(`[data-part="${name}"]`);
  }
}

/** At the position the page reports. */
function readScripts(): SoundScripts | undefined {
  const addressOf = (name: string) =>
    document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
  const [worklet, worker] = [addressOf("sound-worklet"), addressOf("sound-worker")];
  return worklet === undefined || worker === undefined ? undefined : { worklet, worker };
}

/** Hearing is logarithmic: the middle of the slider is half as loud. */
function loudnessOf(volume: number): number {
  return volume ** 2;
}

function signedMs(ms: number): string {
  const text = numberFormat(0).format(Math.abs(Math.round(ms)));
  if (text === "0") return "0 ms";
  return `${ms < 0 ? "−" : "+"}${text} ms`;
}

/** A stored value may be from an older version, or tampered with. */
function readRemembered(): Remembered {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "{}");
    const { volume, isOn } = kept as Partial<Record<keyof Remembered, unknown>>;
    const isVolume = typeof volume === "number" && volume >= 0 && volume <= 1;
    return { volume: isVolume ? volume : 0.8, isOn: isOn === true };
  } catch {
    return { volume: 0.8, isOn: false };
  }
}
