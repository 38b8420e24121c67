/**
 * Reads what a listing needs of a capture file without reading its samples: `meta` comes first in
 * the file, so the first 4 KB hold it unless very many sessions took part. The end is looked at
 * too, because a file that was cut off has a perfect head.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { CaptureMeta } from "../model/capture.ts";
import { readMeta } from "./mend-capture.ts";

const headBytes = 4096;
/** 500 sessions with the longest labels stay below this. */
const headBytesMax = 1024 * 1024;
const tailBytes = 64;
const opening = /^\s*\{\s*"meta"\s*:\s*(?=\{)/;

const scratch = Buffer.allocUnsafe(headBytes);

/** @throws Error saying what is wrong with the file. Blocks for some 10 µs when it is in memory. */
export function readHead(path: string, byteCount: number): CaptureMeta {
  const fd = openSync(path, "r");
  try {
    checkTail(fd, byteCount);
    return readMeta(JSON.parse(readMetaText(fd, byteCount)));
  } finally {
    closeSync(fd);
  }
}

function checkTail(fd: number, byteCount: number): void {
  const from = Math.max(0, byteCount - tailBytes);
  const length = readSync(fd, scratch, 0, Math.min(tailBytes, byteCount), from);
  const text = scratch.toString("latin1", 0, length).trimEnd();
  if (!text.endsWith("}")) throw new Error("its end is missing");
}

function readMetaText(fd: number, byteCount: number): string {
  let length = readSync(fd, scratch, 0, headBytes, 0);
  let text = metaText(scratch.toString("utf8", 0, length));
  if (text === undefined && byteCount > headBytes) {
    const larger = Buffer.allocUnsafe(Math.min(byteCount, headBytesMax));
    length = readSync(fd, larger, 0, larger.length, 0);
    text = metaText(larger.toString("utf8", 0, length));
  }
  if (text === undefined) throw new Error("its head is not that of a capture");
  return text;
}

/** The JSON text of the object behind a leading `"meta"`, `undefined` unless all of it is there. */
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
