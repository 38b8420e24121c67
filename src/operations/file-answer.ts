/**
 * A file of the data directory as an answer: from disk to socket, completely, in part, or not at
 * all.
 */
import { Failure } from "../base/failure.ts";
import { statIfAny } from "../base/read-file.ts";

type FileAnswer = {
  /** Undefined where there is none. */
  readonly path: string | undefined;
  /** The name under which a browser saves it. */
  readonly name: string;
  readonly request: Request;
  missing(): Error;
};

/**
 * Neither parsed nor held in memory. Answers 304 to the `If-None-Match` of the same state of the
 * file, and 206 to one range. @throws what `missing` makes, Failure `range_not_satisfiable`
 */
export async function answerFile(answer: FileAnswer): Promise<Response> {
  const { path, name, request } = answer;
  const stats = path === undefined ? undefined : await statIfAny(path);
  // Deleted since it was found: the name is gone, so is the recording.
  if (path === undefined || stats === undefined) throw answer.missing();
  const etag = `"${[stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join("-")}"`;
  const headers = {
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-type": "application/json",
    "content-disposition": `inline; filename="${name}"`,
    etag,
  };
  if (isKnown(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const range = rangeOf(request, etag, stats.size);
  if (range === undefined) return new Response(Bun.file(path), { headers });
  const { first, last } = range;
  const part = Bun.file(path).slice(first, last + 1);
  return new Response(part.stream(), {
    status: 206,
    headers: {
      ...headers,
      "content-length": String(last + 1 - first),
      "content-range": `bytes ${first}-${last}/${stats.size}`,
    },
  });
}

/** RFC 9110, 13.1.2: a list of tags, or `*`; whether a tag is weak does not matter here. */
function isKnown(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

type Range = { readonly first: number; readonly last: number };

/**
 * The one requested range; `undefined` for the whole. Several ranges, or nonsense, get the whole.
 */
function rangeOf({ headers }: Request, etag: string, size: number): Range | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get("range") ?? "");
  const [text, from = "", to = ""] = found ?? [];
  const isMeant = (headers.get("if-range") ?? etag) === etag;
  if (text === undefined || !isMeant || (from === "" && to === "")) return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const range = from === "" ? lastBytes(Number(to), size) : fromByte(Number(from), to, size);
  if (range.first <= range.last) return range;
  const reason = `the file has ${size} bytes`;
  throw new Failure("range_not_satisfiable", `Cannot send the range "${text}": ${reason}`);
}

function lastBytes(count: number, size: number): Range {
  return { first: Math.max(0, size - count), last: size - 1 };
}

function fromByte(first: number, to: string, size: number): Range {
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
