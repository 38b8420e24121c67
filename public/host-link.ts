/**
 * `<host-link>`: keeps the event stream open while the page is visible, reports a host that does
 * not answer, and goes to sign-in when the sign-in session has ended. A hidden page follows
 * nothing; all windows of a browser share one connection.
 */
import { announce, announceRelinked, announceSample } from "./events.ts";
import { type FeedEvent, openStream, type Stream } from "./shared-stream.ts";

const streamAddress = "/api/v1/stats/stream";
const statusAddress = "/api/v1/stats/capture/status";
const retryMs = 2000;
const goodNewsMs = 4000;
const answerMsMax = 2000;

export class HostLink extends HTMLElement {
  #stream: Stream | undefined;
  #statusCount = 0;
  #isLost = false;
  #retry = 0;

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.#followVisibility);
    // A page restored from the browser's cache was frozen in between.
    window.addEventListener("pagehide", this.#close);
    window.addEventListener("pageshow", this.#followVisibility);
    this.#followVisibility();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#followVisibility);
    window.removeEventListener("pagehide", this.#close);
    window.removeEventListener("pageshow", this.#followVisibility);
    this.#close();
  }

  readonly #followVisibility = (): void => {
    if (document.visibilityState === "hidden") this.#close();
    else if (this.#stream === undefined) this.#open();
  };

  readonly #close = (): void => {
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#stream = undefined;
  };

  #open(): void {
    const stream = openStream(streamAddress, {
      events: {
        status: () => this.#takeStatus(),
        sample: takeSample,
        recording: () => announce("recordings-changed"),
      },
      onError: (isClosed) => this.#takeError(stream, isClosed),
    });
    this.#stream = stream;
  }

  /** A status is the first event on every connection: the page was made with an earlier one. */
  #takeStatus(): void {
    this.#statusCount += 1;
    if (this.#isLost) this.#sayFound();
    else if (this.#statusCount > 1) announce("capture-changed");
  }

  #sayFound(): void {
    this.#isLost = false;
    this.#say(this.dataset.back ?? "");
    setTimeout(() => {
      if (!this.#isLost) this.hidden = true;
    }, goodNewsMs);
    for (const name of ["capture-changed", "recordings-changed", "sessions-changed"])
      announce(name);
    announceRelinked();
  }

  #takeError(stream: Stream, isClosed: boolean): void {
    if (stream !== this.#stream) return;
    // The browser reconnects by itself after a broken connection, but not after a refusal.
    if (isClosed) void this.#askWhy();
    else void this.#checkLine(stream);
  }

  async #askWhy(): Promise<void> {
    this.#sayLost();
    this.#close();
    const answer = await askStatus();
    if (answer?.status === 401) this.#signIn();
    else this.#retry = window.setTimeout(() => this.#followVisibility(), retryMs);
  }

  /**
   * A connection can break while the host is well: the browser drops the one that all windows share
   * when the window that opened it closes. It is soon there again, and the host answers meanwhile.
   */
  async #checkLine(stream: Stream): Promise<void> {
    const statusCount = this.#statusCount;
    const answer = await askStatus();
    const isCurrent = stream === this.#stream && statusCount === this.#statusCount;
    if (isCurrent && answer?.ok !== true) this.#sayLost();
  }

  #sayLost(): void {
    this.#isLost = true;
    this.#say(this.dataset.lost ?? "");
  }

  /** The address may have changed since the page was made: a zoom is part of it. */
  #signIn(): void {
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign(`/sign-in?ended=yes&to=${back}`);
  }

  #say(text: string): void {
    this.textContent = text;
    this.classList.toggle("lost", this.#isLost);
    this.hidden = false;
  }
}

/** @returns `undefined` if the host does not answer soon */
function askStatus(): Promise<Response | undefined> {
  return fetch(statusAddress, { signal: AbortSignal.timeout(answerMsMax) }).catch(() => undefined);
}

/** The event's id ends with the sample's index: `7:41`. */
function takeSample(event: FeedEvent): void {
  const index = Number(event.lastEventId.split(":")[1] ?? 0);
  announceSample({ index, sample: JSON.parse(event.data) });
}
