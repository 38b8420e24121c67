/** What a run of the proof streams, and how processes of it are ended. */

export const labPaths = ["native", "gamestream", "browser"] as const;
export type LabPath = (typeof labPaths)[number];

export const pictureNames = ["testsrc", "film", "screen"] as const;
export type PictureName = (typeof pictureNames)[number];

/** What is streamed, and how. */
export type Setup = {
  readonly path: LabPath;
  readonly picture: PictureName;
  /** New pictures a second of a screen; 60 unless given. */
  readonly pictureFps?: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateKbps: number;
  readonly preset?: string;
  /** Where the host keeps its data; a directory of its own unless given. */
  readonly dataDirectory?: string;
  /** In real time, the host before its player: whatever else this machine does comes after both. */
  readonly isRealTime?: boolean;
  /** The bitrate follows what the link carries, as it does unless set otherwise. */
  readonly followsLink?: boolean;
  /** A native player reaches the host over this relay: fixed and random milliseconds. */
  readonly relayMs?: readonly [number, number];
};

/** A running process that a fault may stop by a signal. */
export type Process = { readonly pid: number; readonly exited: Promise<number>; kill(): void };

export async function endProcess(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGCONT");
  child.kill("SIGTERM");
  const giveUp = setTimeout(() => child.kill("SIGKILL"), 8000);
  await child.exited;
  clearTimeout(giveUp);
}
