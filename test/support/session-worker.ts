/** Opens a source on a thread of its own, which never closes it; reports when it is open. */
import { openSource } from "../../src/video/sources/open.ts";

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<string>) => {
  openSource(data, { width: 320, height: 180, fps: 60 });
  self.postMessage("open");
};
