/** JSON from outside, which may be invalid. */

/** `undefined` for text that is not JSON, or not UTF-8. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    const isText = typeof json === "string";
    return JSON.parse(isText ? json : new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    return undefined;
  }
}
