/**
 * Our offer (DESCRIBE) and the player's choice (ANNOUNCE). Every figure of the player is checked
 * against its range; missing ones get the value that players mean by leaving them out.
 */
import { type ChannelCount, channelCounts } from "../../audio/format.ts";
import { soundLayouts } from "../../audio/opus.ts";
import { type CodecName, codecs } from "../../model/capture.ts";
import { modeLimits } from "../../model/limits.ts";
import { evenSides, type GamestreamMode } from "../mode.ts";

/** The layout of the sound for each number of channels. */
const surround = channelCounts.map(layoutText);

/** What may be sealed; the same bits in offer and answer. */
export const sealBits = { control: 1, video: 2, audio: 4 } as const;

export type Offer = {
  readonly codecs: readonly CodecName[];
  /**
   * Fingers and pens arrive as such; otherwise, or if absent, the player converts them to a mouse
   * itself.
   */
  readonly takesContacts?: boolean;
};

const contactsFlag = 1;

/** One attribute per line; players search this text for known ones. */
export function describe(offer: Offer): string {
  const supported = sealBits.control | sealBits.video | sealBits.audio;
  const lines = [
    `a=x-ss-general.featureFlags:${offer.takesContacts ? contactsFlag : 0}`,
    `a=x-ss-general.encryptionSupported:${supported}`,
    `a=x-ss-general.encryptionRequested:${sealBits.control}`,
    "a=x-nv-video[0].refPicInvalidation:1",
    ...surround.map((params) => `a=fmtp:97 surround-params=${params}`),
  ];
  if (offer.codecs.includes("hevc")) lines.push("sprop-parameter-sets=AAAAAU");
  if (offer.codecs.includes("av1")) lines.push("a=rtpmap:98 AV1/90000");
  return `${lines.join("\n")}\n`;
}

/**
 * Channels, streams, of these coupled, and which decoded channel each speaker plays. Players expect
 * the bass last here, and third in the sound itself.
 */
function layoutText(channelCount: ChannelCount): string {
  const { streamCount, coupledCount, mapping } = soundLayouts[channelCount];
  const bass = channelCount > 2 ? mapping.slice(3, 4) : [];
  const digits = [...mapping.slice(0, 3), ...mapping.slice(4), ...bass];
  return [channelCount, streamCount, coupledCount, ...digits].join("");
}

export type StreamSettings = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: CodecName;
  /** The encoder's share of the bitrate. */
  readonly bitrateKbps: number;
  readonly packetSize: number;
  /** Slices per picture that the player requests, for decoding them in parallel. */
  readonly slices: number;
  readonly parityCountMin: number;
  readonly audioPacketMs: number;
  readonly audioChannelCount: ChannelCount;
  readonly isControlV2: boolean;
  readonly isVideoSealed: boolean;
  readonly isAudioSealed: boolean;
  /** The player reports blocks that needed repair. */
  readonly reportsLoss: boolean;
};

const attributeCountMax = 256;
/** The refresh rate of the player's screen counts when it is the asked rate, as 59.94 is 60. */
const refreshShare = 0.01;
/** Only this share of the user's limit is for the picture; parity and sound need the rest. */
const videoShare = 0.8;

const slicesRange = { min: 1, max: modeLimits.slicesMax };

/** `undefined` when a required figure is missing or out of range. */
export function readAnnounce(body: string): StreamSettings | undefined {
  const attributes = readAttributes(body);
  const number = (name: string, range: Range) => readNumber(attributes.get(name), range);
  const mode = readMode(number);
  const packetSize = number("x-nv-video[0].packetSize", { min: 256, max: 1456, otherwise: 1024 });
  const codec =
    codecs[number("x-nv-vqos[0].bitStreamFormat", { min: 0, max: 2, otherwise: 0 }) ?? -1];
  const bitrateKbps = readBitrate(attributes);
  if (mode === undefined || packetSize === undefined) return undefined;
  if (codec === undefined || bitrateKbps === undefined) return undefined;
  return {
    ...mode,
    codec,
    bitrateKbps,
    packetSize: packetSize & ~15,
    slices:
      number("x-nv-video[0].videoEncoderSlicesPerFrame", { ...slicesRange, otherwise: 1 }) ?? 1,
    parityCountMin:
      number("x-nv-vqos[0].fec.minRequiredFecPackets", { min: 0, max: 16, otherwise: 0 }) ?? 0,
    audioPacketMs: attributes.get("x-nv-aqos.packetDuration") === "10" ? 10 : 5,
    audioChannelCount: readChannelCount(attributes),
    ...readFlags(attributes),
  };
}

type ReadNumber = (name: string, range: Range) => number | undefined;

/** Only the form is read here; the values are checked together with the launch. */
function readMode(number: ReadNumber): GamestreamMode | undefined {
  const side = { min: 1, max: 0xffff };
  const width = number("x-nv-video[0].clientViewportWd", side);
  const height = number("x-nv-video[0].clientViewportHt", side);
  const rate = number("x-nv-video[0].maxFPS", { min: 1, max: 10_000, otherwise: 60 });
  if (width === undefined || height === undefined || rate === undefined) return undefined;
  const exact = (number("x-nv-video[0].clientRefreshRateX100", { min: 0, max: 1e6 }) ?? 0) / 100;
  const isNear = Math.abs(exact - rate) <= rate * refreshShare;
  return { ...evenSides({ width, height }), fps: isNear ? exact : rate };
}

/** Players have no other layouts than the offered ones. */
function readChannelCount(attributes: ReadonlyMap<string, string>): ChannelCount {
  const count = Number(attributes.get("x-nv-audio.surround.numChannels"));
  return channelCounts.find((known) => known === count) ?? 2;
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

/** `a=<name>:<value> `, one per line. */
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
