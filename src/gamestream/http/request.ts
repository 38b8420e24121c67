/**
 * Reads the request lines that GameStream players send: GET only, no body. Anything else is
 * `undefined`, and the connection is closed without an answer.
 */

/** A client certificate in hex makes the longest query; requests stay well below this. */
export const requestBytesMax = 32_768;
const parameterCountMax = 64;

export type HttpRequest = {
  readonly path: string;
  readonly query: URLSearchParams;
};

/** State of the bytes so far: a request, an incomplete one, or something we do not serve. */
export type RequestReading = HttpRequest | "incomplete" | "malformed";

export function readRequest(bytes: Uint8Array): RequestReading {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return bytes.length < requestBytesMax ? "incomplete" : "malformed";
  const line = text.slice(0, text.indexOf("\r\n"));
  const match = /^GET (\/[\x21-\x7e]*) HTTP\/1\.[01]$/.exec(line);
  const target = match?.[1];
  if (target === undefined) return "malformed";
  const mark = target.indexOf("?");
  const query = new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1));
  if (query.size > parameterCountMax) return "malformed";
  return { path: mark < 0 ? target : target.slice(0, mark), query };
}

/** Bytes of a parameter given in hex; `undefined` when absent, malformed or of another length. */
export function hexParameter(
  query: URLSearchParams,
  name: string,
  bytes: { readonly min: number; readonly max: number },
): Buffer | undefined {
  const text = query.get(name) ?? "";
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) return undefined;
  const count = text.length / 2;
  if (count < bytes.min || count > bytes.max) return undefined;
  return Buffer.from(text, "hex");
}
