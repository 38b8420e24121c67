/** A player's first and repeated request: our identity, capabilities, and whether we are busy. */
import type { CodecName } from "../../model/capture.ts";
import type { Ports } from "../ports.ts";
import { answer, type XmlNode } from "./xml.ts";

/**
 * Decides the dialect: from 7.1.431 on the control stream is sealed; the negative last number says
 * that we read the extensions, send parity in up to four blocks and want loss reports.
 */
const appVersion = "7.1.431.-1";
const gfeVersion = "3.23.0.74";
const codecBits: Readonly<Record<CodecName, number>> = { h264: 1, hevc: 0x100, av1: 0x1_0000 };
const hevcPixels = 1_869_449_984;
const modes = [
  [1280, 720, 30],
  [1280, 720, 60],
  [1920, 1080, 30],
  [1920, 1080, 60],
  [2560, 1440, 60],
  [3840, 2160, 30],
  [3840, 2160, 60],
] as const;

export type ServerFacts = {
  readonly name: string;
  /** Stable, hexadecimal. */
  readonly uniqueId: string;
  readonly ports: Ports;
  readonly codecs: readonly CodecName[];
  readonly localAddress: string;
  readonly isPaired: boolean;
  /** 0 = nothing runs. */
  readonly appId: number;
};

export function serverInfo(facts: ServerFacts): string {
  return answer({
    hostname: facts.name,
    appversion: appVersion,
    GfeVersion: gfeVersion,
    uniqueid: facts.uniqueId,
    HttpsPort: facts.ports.https,
    ExternalPort: facts.ports.http,
    mac: "00:00:00:00:00:00",
    LocalIP: facts.localAddress,
    MaxLumaPixelsHEVC: facts.codecs.includes("hevc") ? hevcPixels : 0,
    ServerCodecModeSupport: facts.codecs.reduce((bits, codec) => bits | codecBits[codec], 0),
    SupportedDisplayMode: { DisplayMode: modes.map(modeNode) },
    PairStatus: facts.isPaired ? 1 : 0,
    currentgame: facts.appId,
    state: facts.appId === 0 ? "SUNSHINE_SERVER_FREE" : "SUNSHINE_SERVER_BUSY",
  });
}

function modeNode([width, height, rate]: (typeof modes)[number]): XmlNode {
  return { Width: width, Height: height, RefreshRate: rate };
}
