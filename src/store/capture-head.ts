/**
 * Reads what a listing needs of a capture file without reading its samples: `meta` comes first in
 * the file, so the first 4 KB hold it unless very many sessions took part. The end is checked too,
 * because a truncated file has an intact head.
 */
import { type FileHandle, open } from "node:fs/promises";
import type { CaptureMeta } from "../model/capture.ts";
import { readMeta } from "./mend-capture.ts";

const headBytes = 4096;
/** 500 sessions with the longest labels stay below this. */
const headBytesMax = 1024 * 1024;
const tailBytes = 64;
const opening = /^\s*\{\s*"meta"\s*:\s*(?=\{)/;

/** @throws Error with the defect of the file */
export async function readHead(path: string, byteCount: number): Promise<CaptureMeta> {
  await using file = await open(path, "r");
  await checkTail(file, byteCount);
  return readMeta(JSON.parse(await readMetaText(file, byteCount)));
}

async function checkTail(file: FileHandle, byteCount: number): Promise<void> {
  const from = Math.max(0, byteCount - tailBytes);
  const tail = await readAt(file, from, Math.min(tailBytes, byteCount));
  if (!tail.toString("latin1").trimEnd().endsWith("}")) throw new Error("its end is missing");
}

async function readAt(file: FileHandle, from: number, byteCount: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(byteCount);
  const { bytesRead } = await file.read(bytes, 0, byteCount, from);
  return bytes.subarray(0, bytesRead);
}

async function readMetaText(file: FileHandle, byteCount: number): Promise<string> {
  let text = metaText((await readAt(file, 0, headBytes)).toString("utf8"));
  if (text === undefined && byteCount > headBytes) {
    const larger = await readAt(file, 0, Math.min(byteCount, headBytesMax));
    text = metaText(larger.toString("utf8"));
  }
  if (text === undefined) throw new Error("its head is not that of a capture");
  return text;
}

/** The JSON text of the object after a leading `"meta"`, `undefined` unless it is complete. */
function metaText(head: string): string | undefined {
  const start = opening.exec(head)?.[0].length;
  if (start === undefined) return undefined;
  const end = endOfObject(head, start);
  return end === undefined ? undefined : head.slice(start, end);
}

const backslash = 0x5c;
const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === openBrace) depth += 1;
    else if (code === closeBrace) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** Index of the closing quote, or of the text's end. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    at += code === backslash ? 2 : 1;
  }
  return at;
}
