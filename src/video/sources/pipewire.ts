/** Per frame: pictures of a node of PipeWire. */

import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import { PipewireConnection, type PipewireNode } from "../../pipewire/connection.ts";
import { PipewireStream, type PipewireTarget } from "../../pipewire/stream.ts";
import type { WantedVideo } from "../../pipewire/video-params.ts";
import { ReturningFeed, type ReturningScreen } from "./returning-feed.ts";
import { type FeedPicture, type ScreenFeed, ScreenSource } from "./screen-source.ts";
import type { PictureSize, Source, SourceMode } from "./source.ts";

/** How long a node may take to negotiate a format. */
const agreementMs = 3000;
/** A still desktop may provide its first picture only on motion: the stream starts black. */
const firstPictureMs = 500;
const sliceMs = 50;

/**
 * @param object serial number or name of the node.
 * @throws Failure `source_unavailable` with the reason.
 */
export function openPipewireSource(object: string, mode: SourceMode): Source {
  const target = { kind: "object", object } as const;
  return openNode(`pipewire:${object}`, { target, mode, isChecked: true });
}

/** The node to open, and its connection. */
export type NodeOptions = {
  readonly target: PipewireTarget;
  readonly mode: SourceMode;
  /** Of a socket from a portal; the user's own PipeWire unless given. */
  readonly descriptor?: number;
  /** The producer should provide pictures of the stream's size. */
  readonly isSizeAsked?: boolean;
  /** Reported by name if there is no such node. */
  readonly isChecked?: boolean;
  /** Called when no picture has arrived yet, to make the desktop draw. */
  readonly nudge?: () => void;
  /** Ends the owner of the node. */
  readonly onClose?: () => void;
  /** Where input must go to reach the shown screen. */
  readonly openInputTarget?: (size: PictureSize) => InputTarget | undefined;
  /** Called whenever a picture is awaited. */
  readonly onNext?: () => void;
  /** Why it is over, from another part than PipeWire. */
  readonly faultOf?: () => string | undefined;
  /** Whether it was ended on purpose, and does not come back. */
  readonly isOver?: () => boolean;
  /** After its end: its desktop runs, and only the screen is gone or was replaced. */
  readonly isDesktopThere?: () => boolean;
  /** The desktop has switched its screen off. */
  readonly isOff?: () => boolean;
};

/**
 * The same for a desktop whose screen returns with the desktop: `make` requests it again then.
 * Throws like `openPipewireSource`.
 */
export function openReturningNode(name: string, mode: SourceMode, make: () => NodeOptions): Source {
  let options = make();
  const feed = new ReturningFeed(openFeed(name, options), {
    open: () => {
      options = make();
      return openFeed(name, options);
    },
    // Of the current desktop: a session on the bus ends with its desktop.
    openInputTarget: (size) => options.openInputTarget?.(size),
  });
  return new ScreenSource(feed, mode, feed.next(0));
}

/** Opens a node under the name of its source. Throws like `openPipewireSource`. */
function openNode(name: string, options: NodeOptions): Source {
  const feed = openFeed(name, options);
  return new ScreenSource(feed, options.mode, feed.next(0));
}

/** With its first picture pending, if one has arrived. */
function openFeed(name: string, options: NodeOptions): NodeFeed {
  let feed: NodeFeed | undefined;
  try {
    feed = new NodeFeed(options);
    feed.awaitFirst();
    return feed;
  } catch (cause) {
    if (feed === undefined) options.onClose?.();
    else feed.close();
    const reason = messageOf(cause);
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}

class NodeFeed implements ScreenFeed, ReturningScreen {
  readonly #connection: PipewireConnection;
  readonly #stream: PipewireStream;
  readonly #options: NodeOptions;
  /** Captured while opening. */
  #first: FeedPicture | undefined;
  #wasOff = false;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#connection = new PipewireConnection(options.descriptor);
    try {
      if (options.isChecked === true) checkNode(options.target, this.#connection.nodes());
      this.#stream = new PipewireStream(this.#connection, options.target, wantedOf(options));
    } catch (cause) {
      this.#connection[Symbol.dispose]();
      throw cause;
    }
  }

  get fault(): string | undefined {
    return this.#stream.fault ?? this.#options.faultOf?.();
  }

  get isOutputGone(): boolean {
    return this.#options.isDesktopThere?.() ?? false;
  }

  get isOff(): boolean {
    return this.#options.isOff?.() ?? false;
  }

  /** PipeWire does not report that a screen is switched on again: the desktop is asked. */
  get readyDescriptor(): number | undefined {
    return this.#wasOff ? undefined : this.#connection.loop.descriptor;
  }

  /** A PipeWire that is gone takes the recording along, which nobody has ended. */
  get isOver(): boolean {
    if (this.#connection.fault !== undefined) return false;
    return this.#options.isOver?.() ?? false;
  }

  openInputTarget(size: PictureSize): InputTarget | undefined {
    return this.#options.openInputTarget?.(size);
  }

  /** Waits for the format, then briefly for a picture. Throws when no format is negotiated. */
  awaitFirst(): void {
    const isAgreed = () => this.#stream.format !== undefined;
    this.#until(isAgreed, agreementMs);
    if (this.fault !== undefined) throw new Error(this.fault);
    if (!isAgreed()) throw new Error("no format was agreed with its producer within 3 s");
    this.#first = this.#firstWithin(firstPictureMs) ?? this.#nudged();
  }

  next(waitMs: number): FeedPicture | undefined {
    this.#options.onNext?.();
    this.#followPower();
    const first = this.#first;
    this.#first = undefined;
    this.#stream.pump(first === undefined ? waitMs : 0);
    return this.#stream.take() ?? first;
  }

  close(): void {
    this.#stream[Symbol.dispose]();
    this.#connection[Symbol.dispose]();
    this.#options.onClose?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A screen that is on again may show its previous content, which is not new to its desktop. */
  #followPower(): void {
    const { isOff } = this;
    if (this.#wasOff && !isOff && this.fault === undefined) this.#options.nudge?.();
    this.#wasOff = isOff;
  }

  #nudged(): FeedPicture | undefined {
    this.#options.nudge?.();
    return this.#options.nudge === undefined ? undefined : this.#firstWithin(firstPictureMs);
  }

  #firstWithin(ms: number): FeedPicture | undefined {
    let picture: FeedPicture | undefined;
    this.#until(() => {
      picture = this.#stream.take();
      return picture !== undefined;
    }, ms);
    return picture;
  }

  #until(isDone: () => boolean, ms: number): void {
    for (let waitedMs = 0; waitedMs < ms; waitedMs += sliceMs) {
      this.#stream.pump(sliceMs);
      if (isDone() || this.fault !== undefined) return;
    }
  }
}

function wantedOf({ mode, isSizeAsked }: NodeOptions): WantedVideo {
  const { width, height, fps } = mode;
  return isSizeAsked === true ? { fps, size: { width, height } } : { fps };
}

/** Throws with the names of the existing ones. */
function checkNode(target: PipewireTarget, nodes: readonly PipewireNode[]): void {
  if (target.kind !== "object") return;
  const { object } = target;
  if (nodes.some(({ name, serial }) => name === object || serial === object)) return;
  const known = nodes.filter(isVideo).map(({ name, serial }) => name || serial);
  const rest = known.length === 0 ? "none that gives pictures" : `only ${known.join(", ")}`;
  throw new Error(`PipeWire has no node "${object}", ${rest}`);
}

/** Whether a node provides pictures. */
export function isVideo({ mediaClass }: PipewireNode): boolean {
  return mediaClass === "Video/Source" || mediaClass === "Stream/Output/Video";
}
