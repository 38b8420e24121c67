/** Every parser that reads bytes from outside and needs no directory: the long and the short run feed all of them. */
import { bus, devices, pods, soundServer, sway, xServer } from "./desktop.ts";
import { codes, controlMessages, journals, packets, reports } from "./parsers.ts";
import { pageInput } from "./play.ts";
import {
  fecStatus,
  frameFiles,
  frameReports,
  machineFiles,
  pageReports,
  segments,
  waylandWire,
} from "./recorded.ts";
import { requests } from "./requests.ts";

const network = [controlMessages, reports, packets, codes, requests, frameReports, fecStatus];
const desktop = [soundServer, xServer, bus, pods, sway, devices, waylandWire];
const files = [journals, segments, machineFiles, frameFiles];

export const allParsers = [...network, pageReports, pageInput, ...desktop, ...files];
