/**
 * Writes a zip archive: deflated by node's zlib, names in UTF-8, no comments, nothing encrypted.
 * Written here because that is all of the format a bundle needs: packages for it bring readers,
 * encryption and streams that nobody would use.
 *
 *   for each file  local header (30 bytes), name, data
 *   at the end     central directory: for each file 46 bytes and the name; then 22 bytes that end it
 *
 * PKWARE APPNOTE 6.3.10, 4.3. Without the extension for 64 bits: everything stays below 4 GB.
 */
import { zlib } from "../base/late-builtins.ts";
import { dateText } from "../model/unix-ms.ts";

/** A file of an archive; its name has no leading slash. */
export type ZipEntry = { readonly name: string; readonly bytes: Uint8Array };

const localSignature = 0x0403_4b50;
const centralSignature = 0x0201_4b50;
const endSignature = 0x0605_4b50;
/** Deflate, and names in UTF-8 (bit 11). */
const version = 20;
const flags = 1 << 11;
const deflated = 8;
const bytesMax = 0xffff_ffff;
const entryCountMax = 0xffff;

/** @param at the date of all files, in milliseconds since 1970, UTC. @throws Error beyond 4 GB */
export function zipOf(entries: readonly ZipEntry[], at: number): Uint8Array<ArrayBuffer> {
  if (entries.length > entryCountMax) throw new Error("Bug: too many files for an archive");
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const data = zlib().deflateRawSync(bytes, { level: 6 });
    const facts = { name: Buffer.from(name), data, bytes, offset, when: dosTime(at) };
    const local = localHeader(facts);
    parts.push(local, facts.name, data);
    central.push(centralHeader(facts), facts.name);
    offset += local.length + facts.name.length + data.length;
    if (offset > bytesMax) throw new Error("Cannot write an archive of more than 4 GB");
  }
  const directory = Buffer.concat(central);
  const end = endRecord({ count: entries.length, bytes: directory.length, offset });
  return new Uint8Array(Buffer.concat([...parts, directory, end]));
}

type Facts = {
  readonly name: Buffer;
  readonly data: Buffer;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly when: { readonly time: number; readonly date: number };
};

function localHeader(facts: Facts): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(localSignature, 0);
  header.writeUInt16LE(version, 4);
  writeCommon(header, facts, 6);
  return header;
}

function centralHeader(facts: Facts): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(centralSignature, 0);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(version, 6);
  writeCommon(header, facts, 8);
  header.writeUInt32LE(facts.offset, 42);
  return header;
}

/** What both headers have in the same order. */
function writeCommon(header: Buffer, { name, data, bytes, when }: Facts, at: number): void {
  header.writeUInt16LE(flags, at);
  header.writeUInt16LE(deflated, at + 2);
  header.writeUInt16LE(when.time, at + 4);
  header.writeUInt16LE(when.date, at + 6);
  header.writeUInt32LE(zlib().crc32(bytes), at + 8);
  header.writeUInt32LE(data.length, at + 12);
  header.writeUInt32LE(bytes.length, at + 16);
  header.writeUInt16LE(name.length, at + 20);
}

function endRecord(directory: {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
}): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(directory.count, 8);
  end.writeUInt16LE(directory.count, 10);
  end.writeUInt32LE(directory.bytes, 12);
  end.writeUInt32LE(directory.offset, 16);
  return end;
}

/** In steps of two seconds, from 1980 on. */
function dosTime(at: number): { readonly time: number; readonly date: number } {
  const text = dateText(Math.max(at, Date.UTC(1980, 0, 1)));
  const [year = 1980, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = text
    .split(/[^\d]/)
    .map(Number);
  return {
    time: (hours << 11) | (minutes << 5) | (seconds >> 1),
    date: ((year - 1980) << 9) | (month << 5) | day,
  };
}
