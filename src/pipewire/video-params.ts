/**
 * The pictures accepted from PipeWire, as parameters of a stream, and the negotiated format. Pure.
 */
import {
  choiceKinds,
  podChoice,
  podFraction,
  podId,
  podInt,
  podObject,
  podRectangle,
  readPodObject,
} from "./pod.ts";

const objectTypes = { format: 0x40003, buffers: 0x40004, meta: 0x40005 };
/** Parameters of a stream. */
export const paramIds = { enumFormat: 3, format: 4, buffers: 5, meta: 6 };
const keys = {
  mediaType: 1,
  mediaSubtype: 2,
  videoFormat: 0x20001,
  size: 0x20003,
  framerate: 0x20004,
  framerateMax: 0x20005,
};
const bufferKeys = { count: 1, dataType: 6 };
const metaKeys = { type: 1, size: 2 };
/** Metadata of a picture. */
export const metaTypes = { header: 1, crop: 2, damage: 3, transform: 8 };
const mediaTypeVideo = 2;
const mediaSubtypeRaw = 1;
/** Four bytes a pixel, one of them unused or alpha. */
const videoFormats = { rgbx: 7, bgrx: 8, rgba: 11, bgra: 12 };
/** Memory that can be mapped, each a bit by its number: pointers 1, memfd 2. */
const mappableTypes = (1 << 1) | (1 << 2);
const sideMax = 16_384;
const damageBytes = 16;
export const damageCountMax = 16;

/** The format negotiated with a producer. */
export type VideoFormat = {
  readonly width: number;
  readonly height: number;
  readonly isBlueFirst: boolean;
};

/** The request: pictures of this size if the producer can choose, up to this rate. */
export type WantedVideo = {
  readonly fps: number;
  /** Any when absent. */
  readonly size?: { readonly width: number; readonly height: number };
};

/** In the pixel formats that need no change. */
export function enumVideoFormat({ fps, size }: WantedVideo): Buffer {
  const { bgrx, bgra, rgbx, rgba } = videoFormats;
  const formats = [bgrx, bgra, rgbx, rgba].map(podId);
  const rate = Math.max(1, Math.round(fps));
  return podObject(objectTypes.format, paramIds.enumFormat, [
    [keys.mediaType, podId(mediaTypeVideo)],
    [keys.mediaSubtype, podId(mediaSubtypeRaw)],
    [keys.videoFormat, podChoice(choiceKinds.enum, [podId(bgrx), ...formats])],
    [keys.size, size === undefined ? anySize() : podRectangle(size.width, size.height)],
    [
      keys.framerate,
      podChoice(choiceKinds.range, [podFraction(0, 1), podFraction(0, 1), podFraction(1000, 1)]),
    ],
    [
      keys.framerateMax,
      podChoice(choiceKinds.range, [podFraction(rate, 1), podFraction(1, 1), podFraction(1000, 1)]),
    ],
  ]);
}

function anySize(): Buffer {
  const [least, most] = [podRectangle(1, 1), podRectangle(sideMax, sideMax)];
  return podChoice(choiceKinds.range, [podRectangle(1280, 720), least, most]);
}

/** Mappable buffers, with the time, the damage, the crop and the rotation. */
export function bufferParams(): Buffer[] {
  const buffers = podObject(objectTypes.buffers, paramIds.buffers, [
    [bufferKeys.count, podChoice(choiceKinds.range, [podInt(4), podInt(2), podInt(8)])],
    [bufferKeys.dataType, podChoice(choiceKinds.flags, [podInt(mappableTypes)])],
  ]);
  const all = damageBytes * damageCountMax;
  return [
    buffers,
    meta(metaTypes.header, podInt(32)),
    meta(
      metaTypes.damage,
      podChoice(choiceKinds.range, [podInt(all), podInt(damageBytes), podInt(all)]),
    ),
    meta(metaTypes.crop, podInt(16)),
    meta(metaTypes.transform, podInt(4)),
  ];
}

function meta(type: number, size: Buffer): Buffer {
  return podObject(objectTypes.meta, paramIds.meta, [
    [metaKeys.type, podId(type)],
    [metaKeys.size, size],
  ]);
}

/** `undefined` for anything but an offered video format, in a plausible size. */
export function readVideoFormat(bytes: Buffer): VideoFormat | undefined {
  const values = readPodObject(bytes);
  const format = values?.get(keys.videoFormat);
  const size = values?.get(keys.size);
  if (typeof format !== "number" || !Array.isArray(size)) return undefined;
  const [width, height] = size;
  const isKnown = Object.values(videoFormats).includes(format);
  const isSane = width > 0 && height > 0 && width <= sideMax && height <= sideMax;
  if (!isKnown || !isSane) return undefined;
  return {
    width,
    height,
    isBlueFirst: format === videoFormats.bgrx || format === videoFormats.bgra,
  };
}
