/**
 * A player's request to launch or resume, and the secrets that bind the sockets it then opens to
 * this launch. One launch is pending at a time, for ten seconds.
 */
import { randomBytes } from "node:crypto";
import { hexParameter } from "./http/request.ts";
import type { LaunchKey } from "./launch-key.ts";
import { type GamestreamMode, readMode } from "./mode.ts";
import { RtspSeal } from "./rtsp/seal.ts";

/** From launch or resume until the control stream is connected. */
export const launchLifeUs = 10e6;

export type LaunchRequest = {
  readonly appId: number;
  /** Absent if the player names none; it announces one in any case. */
  readonly mode: GamestreamMode | undefined;
  /** Key of the whole session, 16 bytes. */
  readonly key: Buffer;
  /** Signed 32 bits: the start of the sound's initialisation vectors. */
  readonly keyId: number;
  /** The player can seal its RTSP messages. */
  readonly canSealRtsp: boolean;
};

/** An accepted launch, whose rights must still be checked: see `Admission`. */
export type Launch = Omit<LaunchRequest, "key"> & {
  /** Lends the key to the sealers of one session. */
  readonly key: LaunchKey;
  /** Seals and opens this launch's RTSP messages. */
  readonly rtspSeal: RtspSeal;
  /** Certificate of the player. */
  readonly clientId: string;
  readonly clientName: string;
  /** Only this host may use the launch. */
  readonly address: string;
  /** 16 characters that open the media sockets. */
  readonly pingPayload: string;
  /** The data that the control stream presents. */
  readonly connectData: number;
};

/** `undefined` when something is missing or malformed. */
export function readLaunch(
  query: URLSearchParams,
  appIdDefault: number,
): LaunchRequest | undefined {
  const key = hexParameter(query, "rikey", { min: 16, max: 16 });
  const keyId = readInteger(query.get("rikeyid"), -(2 ** 31), 2 ** 32 - 1);
  const appId = query.has("appid") ? readInteger(query.get("appid"), 1, 2 ** 31 - 1) : appIdDefault;
  if (key === undefined || keyId === undefined || appId === undefined) return undefined;
  const version = readInteger(query.get("corever"), 0, 1000) ?? 0;
  const mode = readMode(query.get("mode"));
  return { appId, mode, key, keyId: keyId | 0, canSealRtsp: version >= 1 };
}

/** Binds what a player asked for to the player, with fresh secrets for its sockets. */
export function makeLaunch(
  request: Omit<LaunchRequest, "key"> & { readonly key: LaunchKey },
  player: { readonly clientId: string; readonly clientName: string; readonly address: string },
): Launch {
  return {
    ...request,
    ...player,
    rtspSeal: new RtspSeal(request.key.lend("rtsp")),
    pingPayload: randomBytes(8).toString("hex"),
    connectData: randomBytes(4).readUInt32BE(0),
  };
}

function readInteger(text: string | null, min: number, max: number): number | undefined {
  if (text === null || !/^-?\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
