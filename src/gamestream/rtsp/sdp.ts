/**
 * What we offer (DESCRIBE) and what the player then wants (ANNOUNCE). Every figure of the player is
 * checked against its range; what is missing gets the value that players mean by leaving it out.
 */
import { type CodecName, codecs } from "../../model/capture.ts";

/** What may be sealed; the same bits in offer and answer. */
export const sealBits = { control: 1, video: 2, audio: 4 } as const;

export type Offer = {
  readonly codecs: readonly CodecName[];
};

/** One attribute a line; players search this text for what they know. */
export function describe(offer: Offer): string {
  const supported = sealBits.control | sealBits.video | sealBits.audio;
  const lines = [
    "a=x-ss-general.featureFlags:0",
    `a=x-ss-general.encryptionSupported:${supported}`,
    `a=x-ss-general.encryptionRequested:${sealBits.control}`,
    "a=x-nv-video[0].refPicInvalidation:1",
    "a=fmtp:97 surround-params=21101",
  ];
  if (offer.codecs.includes("hevc")) lines.push("sprop-parameter-sets=AAAAAU");
  if (offer.codecs.includes("av1")) lines.push("a=rtpmap:98 AV1/90000");
  return `${lines.join("\n")}\n`;
}

export type StreamSettings = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: CodecName;
  /** What the encoder may take. */
  readonly bitrateKbps: number;
  readonly packetSize: number;
  readonly parityCountMin: number;
  readonly audioPacketMs: number;
  readonly isControlV2: boolean;
  readonly isVideoSealed: boolean;
  readonly isAudioSealed: boolean;
  /** The player reports what became of blocks that needed repair. */
  readonly reportsLoss: boolean;
};

const attributeCountMax = 256;
/** Only this share of what the user allows goes to the picture; parity and sound need the rest. */
const videoShare = 0.8;

/** `undefined` when a figure that we need is missing or out of range. */
export function readAnnounce(body: string): StreamSettings | undefined {
  const attributes = readAttributes(body);
  const number = (name: string, range: Range) => readNumber(attributes.get(name), range);
  const width = number("x-nv-video[0].clientViewportWd", { min: 16, max: 4096 });
  const height = number("x-nv-video[0].clientViewportHt", { min: 16, max: 4096 });
  const fps = number("x-nv-video[0].maxFPS", { min: 1, max: 240, otherwise: 60 });
  const packetSize = number("x-nv-video[0].packetSize", { min: 256, max: 1456, otherwise: 1024 });
  const codec =
    codecs[number("x-nv-vqos[0].bitStreamFormat", { min: 0, max: 2, otherwise: 0 }) ?? -1];
  const bitrateKbps = readBitrate(attributes);
  if (width === undefined || height === undefined || fps === undefined) return undefined;
  if (packetSize === undefined || codec === undefined || bitrateKbps === undefined)
    return undefined;
  return {
    // Encoders want even sides.
    width: width & ~1,
    height: height & ~1,
    fps,
    codec,
    bitrateKbps,
    packetSize: packetSize & ~15,
    parityCountMin:
      number("x-nv-vqos[0].fec.minRequiredFecPackets", { min: 0, max: 16, otherwise: 0 }) ?? 0,
    audioPacketMs: attributes.get("x-nv-aqos.packetDuration") === "10" ? 10 : 5,
    ...readFlags(attributes),
  };
}

function readFlags(attributes: ReadonlyMap<string, string>) {
  const bits = (name: string) =>
    readNumber(attributes.get(name), { min: 0, max: 0xffff_ffff, otherwise: 0 }) ?? 0;
  const sealed = bits("x-ss-general.encryptionEnabled");
  const isAudioMarked = (bits("x-nv-general.featureFlags") & 0x20) !== 0;
  return {
    isControlV2: (sealed & sealBits.control) !== 0,
    isVideoSealed: (sealed & sealBits.video) !== 0,
    isAudioSealed: isAudioMarked || (sealed & sealBits.audio) !== 0,
    reportsLoss: (bits("x-ml-general.featureFlags") & 1) !== 0,
  };
}

function readBitrate(attributes: ReadonlyMap<string, string>): number | undefined {
  const range = { min: 100, max: 1_000_000 };
  const total = readNumber(attributes.get("x-ml-video.configuredBitrateKbps"), range);
  const video = readNumber(attributes.get("x-nv-vqos[0].bw.maximumBitrateKbps"), range);
  const wanted = total === undefined ? video : total * videoShare;
  return wanted && Math.round(Math.min(500_000, Math.max(200, wanted)));
}

/** `a=<name>:<value> `, one a line. */
function readAttributes(body: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const line of body.split(/\r?\n/)) {
    const mark = line.indexOf(":");
    if (!line.startsWith("a=") || mark < 3) continue;
    if (attributes.size >= attributeCountMax) break;
    attributes.set(line.slice(2, mark), line.slice(mark + 1).trim());
  }
  return attributes;
}

type Range = { readonly min: number; readonly max: number; readonly otherwise?: number };

function readNumber(text: string | undefined, range: Range): number | undefined {
  if (text === undefined || text === "") return range.otherwise;
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= range.min && value <= range.max ? value : undefined;
}
