/**
 * Hot path: converts a picture for an encoder. Software and NVENC take the sources' format; the
 * others get it in NV12, and VA-API in the memory of its device.
 */
import {
  AV_HWDEVICE_TYPE_VAAPI,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_VAAPI,
  AV_PIX_FMT_YUV420P,
  type AVPixelFormat,
  SWS_BILINEAR,
} from "node-av/constants";
import {
  type Frame,
  HardwareDeviceContext,
  HardwareFramesContext,
  SoftwareScaleContext,
} from "node-av/lib";
import type { PictureForm } from "./encoders.ts";
import { check, newFrame } from "./ffmpeg.ts";
import type { PictureSize } from "./sources/source.ts";

/** Between sources and an encoder; owned and closed by the encoder. */
export type PictureFeed = {
  readonly format: AVPixelFormat;
  /** The device of the pictures, for an encoder. */
  readonly frames: HardwareFramesContext | undefined;
  /** The picture in the encoder's format, with its position and kind; valid until the next call. */
  take(picture: Frame): Frame;
  close(): void;
};

/** Pictures that an encoder may hold on to. */
const uploadCount = 4;

/**
 * @param from the size of the source's pictures, if different
 * @throws Failure when there is no such device
 */
export function openFeed(form: PictureForm, size: PictureSize, from = size): PictureFeed {
  const isSame = from.width === size.width && from.height === size.height;
  const inner = feedOf(form, size);
  if (isSame) return inner;
  try {
    return new ScaledFeed(inner, { from, size });
  } catch (cause) {
    inner.close();
    throw cause;
  }
}

function feedOf(form: PictureForm, size: PictureSize): PictureFeed {
  switch (form) {
    case "yuv420p":
      return plainFeed;
    case "nv12":
      return new Nv12Feed(size);
    case "vaapi":
      return new UploadFeed(size);
  }
}

const plainFeed: PictureFeed = {
  format: AV_PIX_FMT_YUV420P,
  frames: undefined,
  take: (picture) => picture,
  close: () => undefined,
};

/** Smaller pictures than the source's, for an encoder with too few bits. */
class ScaledFeed implements PictureFeed {
  readonly #inner: PictureFeed;
  readonly #scaler = new SoftwareScaleContext();
  readonly #picture = newFrame();

  constructor(inner: PictureFeed, { from, size }: { from: PictureSize; size: PictureSize }) {
    this.#inner = inner;
    const [format, into] = [AV_PIX_FMT_YUV420P, this.#picture];
    this.#scaler.getContext(
      ...[from.width, from.height, format, size.width, size.height, format, SWS_BILINEAR],
    );
    into.format = format;
    into.width = size.width;
    into.height = size.height;
    check(into.getBuffer(), "Cannot make a smaller picture");
  }

  get format(): AVPixelFormat {
    return this.#inner.format;
  }

  get frames(): HardwareFramesContext | undefined {
    return this.#inner.frames;
  }

  take(picture: Frame): Frame {
    const into = this.#picture;
    check(into.makeWritable(), "Cannot make room for a smaller picture");
    check(this.#scaler.scaleFrameSync(into, picture), "Cannot scale a picture");
    into.pts = picture.pts;
    into.pictType = picture.pictType;
    return this.#inner.take(into);
  }

  close(): void {
    this.#inner.close();
    this.#picture.free();
    this.#scaler.freeContext();
  }
}

class Nv12Feed implements PictureFeed {
  readonly format = AV_PIX_FMT_NV12;
  readonly frames = undefined;
  readonly #scaler = new SoftwareScaleContext();
  readonly #picture = newFrame();

  constructor({ width, height }: PictureSize) {
    this.#scaler.getContext(width, height, AV_PIX_FMT_YUV420P, width, height, AV_PIX_FMT_NV12);
    this.#picture.format = AV_PIX_FMT_NV12;
    this.#picture.width = width;
    this.#picture.height = height;
    check(this.#picture.getBuffer(), "Cannot make a picture in NV12");
  }

  take(picture: Frame): Frame {
    const into = this.#picture;
    check(into.makeWritable(), "Cannot make room for a picture in NV12");
    check(this.#scaler.scaleFrameSync(into, picture), "Cannot convert a picture to NV12");
    into.pts = picture.pts;
    into.pictType = picture.pictType;
    return into;
  }

  close(): void {
    this.#picture.free();
    this.#scaler.freeContext();
  }
}

class UploadFeed implements PictureFeed {
  readonly format = AV_PIX_FMT_VAAPI;
  readonly frames = new HardwareFramesContext();
  readonly #device = new HardwareDeviceContext();
  readonly #converter: Nv12Feed;
  readonly #picture = newFrame();

  constructor(size: PictureSize) {
    check(this.#device.create(AV_HWDEVICE_TYPE_VAAPI), "Cannot open a VA-API device");
    this.frames.alloc(this.#device);
    this.frames.format = AV_PIX_FMT_VAAPI;
    this.frames.swFormat = AV_PIX_FMT_NV12;
    this.frames.width = size.width;
    this.frames.height = size.height;
    this.frames.initialPoolSize = uploadCount;
    check(this.frames.init(), "Cannot make pictures on the VA-API device");
    this.#converter = new Nv12Feed(size);
  }

  take(picture: Frame): Frame {
    const from = this.#converter.take(picture);
    const into = this.#picture;
    into.unref();
    check(this.frames.getBuffer(into), "Cannot get a picture of the VA-API device");
    check(this.frames.transferDataSync(into, from), "Cannot upload a picture");
    into.pts = from.pts;
    into.pictType = from.pictType;
    return into;
  }

  close(): void {
    this.#picture.free();
    this.#converter.close();
    this.frames.free();
    this.#device.free();
  }
}
