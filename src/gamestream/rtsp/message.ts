/**
 * RTSP requests and answers, only as much as players use: one request per connection, no
 * pipelining, header names of the answer in the exact case that the player looks for.
 */

export const rtspBytesMax = 32_768;

export type RtspRequest = {
  readonly method: string;
  readonly target: string;
  readonly sequence: string;
  /** With `Host: 0.0.0.0` a player requests sound at a low bitrate. */
  readonly host: string;
  readonly body: string;
};

export type RtspReading = RtspRequest | "incomplete" | "malformed";

/** Latin-1 text so far: a request, not yet one, or nothing that we answer. */
export function readRtsp(text: string): RtspReading {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return text.length < rtspBytesMax ? "incomplete" : "malformed";
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const match = /^([A-Z]{3,16}) ([\x21-\x7e]{1,256}) RTSP\/1\.0$/.exec(first);
  const headers = readHeaders(lines);
  if (match === null || headers === undefined) return "malformed";
  const body = readBody(text.slice(end + 4), headers.get("content-length"));
  if (typeof body !== "object") return body;
  const sequence = headers.get("cseq") ?? "";
  if (!/^\d{1,9}$/.test(sequence)) return "malformed";
  const [, method = "", target = ""] = match;
  return { method, target, sequence, host: headers.get("host") ?? "", body: body.text };
}

function readBody(
  rest: string,
  lengthText: string | undefined,
): { readonly text: string } | "incomplete" | "malformed" {
  const digits = lengthText ?? "0";
  if (!/^\d{1,5}$/.test(digits)) return "malformed";
  const length = Number(digits);
  if (length > rtspBytesMax) return "malformed";
  return rest.length < length ? "incomplete" : { text: rest.slice(0, length) };
}

function readHeaders(lines: readonly string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const mark = line.indexOf(":");
    if (mark < 1 || headers.size >= 32) return undefined;
    headers.set(line.slice(0, mark).toLowerCase(), line.slice(mark + 1).trim());
  }
  return headers;
}

export type RtspAnswer = {
  readonly status?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export function writeRtsp(sequence: string, { status, headers, body }: RtspAnswer): Buffer {
  const lines = Object.entries({ CSeq: sequence, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const head = `RTSP/1.0 ${status ?? "200 OK"}\r\n${lines.join("")}\r\n`;
  return Buffer.from(`${head}${body ?? ""}`, "latin1");
}
