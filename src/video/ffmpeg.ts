/**
 * The few FFmpeg calls that sources and encoders share. FFmpeg's negative results become errors
 * that say what we were doing.
 */
import {
  AV_LOG_QUIET,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
} from "node-av/constants";
import {
  type Codec,
  type CodecContext,
  FFmpegError,
  Filter,
  type FilterContext,
  type FilterGraph,
  Frame,
  Log,
  Packet,
} from "node-av/lib";
import { Failure } from "../base/failure.ts";
import { setUnsetVariable } from "../base/process.ts";

/** Asks the encoder for a key frame. */
export const pictureTypeIdr = AV_PICTURE_TYPE_I;
/** Leaves the kind of picture to the encoder. */
export const pictureTypeAny = AV_PICTURE_TYPE_NONE;

/** FFmpeg and SVT-AV1 write to stderr themselves, which is reserved for our own lines. */
export function quiet(): void {
  Log.setLevel(AV_LOG_QUIET);
  // SVT-AV1 reads its level from the C environment only.
  setUnsetVariable("SVT_LOG", "0");
}

/** Returns FFmpeg's result, or throws the corresponding error. */
export function check(code: number, doing: string): number {
  if (code >= 0) return code;
  throw new Failure("ffmpeg", `${doing}: ${new FFmpegError(code).message}`);
}

/** An empty frame; the caller frees it. */
export function newFrame(): Frame {
  const frame = new Frame();
  frame.alloc();
  return frame;
}

/** An empty packet; the caller frees it. */
export function newPacket(): Packet {
  const packet = new Packet();
  packet.alloc();
  return packet;
}

/**
 * Sets options of a codec before it is opened. They go into the context one by one: a dictionary
 * given to the synchronous `open2Sync` is freed twice, and the process dies at a later collection.
 *
 * @throws Failure for an option or a value that the codec does not know
 */
export function setOptions(
  context: CodecContext,
  codec: Codec,
  options: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(options)) {
    const code = context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN);
    check(code, `Cannot set "${name}=${value}" of "${codec.name}"`);
  }
}

/**
 * Opens a codec on this thread. Asynchronous calls share the runtime's few pool threads with all
 * file work of the process: two that hang there stop the recorder, the API and the console.
 */
export function openCodec(context: CodecContext, codec: Codec): void {
  check(context.open2Sync(codec, null), `Cannot open "${codec.name}"`);
}

/** Adds a filter to a graph and, unless it is a source, links it after `previous`. */
export function addFilter(
  graph: FilterGraph,
  what: { name: string; args?: string },
  previous?: FilterContext,
): FilterContext {
  const filter = Filter.getByName(what.name);
  const context = filter && graph.createFilter(filter, what.name, what.args ?? null);
  if (!context) throw new Failure("ffmpeg", `Cannot make filter "${what.name}=${what.args ?? ""}"`);
  if (previous) check(previous.link(0, context, 0), `Cannot link filter "${what.name}"`);
  return context;
}
