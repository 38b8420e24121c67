/**
 * The worker that makes the sound of one stream, so that neither decoding nor a slow sound server
 * ever delays the picture. Without a working source it sends silence, and reports why.
 */

import { unreachable } from "../base/assert.ts";
import { systemClock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import { quietConsole } from "../base/library-console.ts";
import { SharedTime } from "../base/shared-time.ts";
import { readSourceName } from "../model/source.ts";
import { prepareAddon } from "../video/addon.ts";
import type { SoundSource } from "./format.ts";
import type { SoundOptions, SoundReport, SoundRequest } from "./link.ts";
import { openMonitor } from "./monitor.ts";
import { SoundLoop } from "./sound-loop.ts";
import { openSilence, openTone } from "./tone.ts";

declare const self: Worker;

quietConsole(console);
let loop: SoundLoop | undefined;

self.onmessage = ({ data }: MessageEvent<SoundRequest>) => {
  switch (data.kind) {
    case "open":
      void open(data.options);
      break;
    case "close":
      loop?.close();
      break;
    default:
      unreachable(data);
  }
};

async function open(options: SoundOptions): Promise<void> {
  loop = new SoundLoop({
    clock: systemClock(),
    packetMs: options.packetMs,
    channelCount: options.channelCount,
    source: openSilence(),
    onPacket: (bytes, atUs, isSilent) => tell({ kind: "packet", bytes, atUs, isSilent }),
  });
  const isEnded = loop.run();
  try {
    loop.replaceSource(await openSource(options));
  } catch (cause) {
    fallSilent(messageOf(cause));
  }
  await isEnded;
  process.exit(0);
}

async function openSource(options: SoundOptions): Promise<SoundSource> {
  const { source, output, channelCount, filmStart } = options;
  const name = readSourceName(source);
  switch (name?.kind) {
    case "x11":
    case "wayland":
    case "pipewire":
    case "auto":
    case "gnome":
    case "kde":
    case "kms":
    case "portal":
    case "session":
    case "virtual":
      return openMonitor({
        ...{ channelCount, output },
        onState: ({ isSilent, reason }) =>
          tell(isSilent ? { kind: "silent", reason } : { kind: "sounding" }),
      });
    case "testsrc":
    case undefined:
      return openTone(channelCount);
    case "color":
      return openSilence();
    case "file": {
      await prepareAddon();
      const { fileSound } = await import("./file-sound.ts");
      return fileSound(name.path, { channelCount, filmStart: new SharedTime(filmStart) });
    }
    default:
      return unreachable(name);
  }
}

function fallSilent(reason: string): void {
  loop?.replaceSource(openSilence());
  tell({ kind: "silent", reason });
}

function tell(report: SoundReport): void {
  postMessage(report);
}
