/**
 * `npm run fuzz`: a million random and bent inputs at every parser, at those of the GameStream path
 * another million; two thousand connections at the sockets of a real host, and as many at its
 * GameStream ports while somebody plays. `--seed N` repeats a run, `--count N` makes it shorter or longer,
 * `--connections N` likewise. Ends with 1 at the first fault, with what caused it.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { tempDirectory } from "../support/temp-directory.ts";
import { bus, pods, soundServer, xServer } from "./desktop.ts";
import { runGamestreamFuzz } from "./gamestream.ts";
import { stormGamestream } from "./gamestream-sockets.ts";
import { captureFiles, codes, controlMessages, journals, packets, reports } from "./parsers.ts";
import {
  fecStatus,
  frameFiles,
  frameReports,
  machineFiles,
  pageReports,
  segments,
  timelineFiles,
  waylandWire,
} from "./recorded.ts";
import { requests } from "./requests.ts";
import { feed } from "./run.ts";
import { shake } from "./sockets.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: `${crypto.getRandomValues(new Uint32Array(1))[0] ?? 1}` },
    count: { type: "string", default: "1000000" },
    connections: { type: "string", default: "2000" },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);
console.log(`seed ${seed}`);

await using directory = await tempDirectory();
const files = await captureFiles(join(directory.path, "captures"));
const ours = [controlMessages, reports, packets, journals, files, codes, requests];
const timelines = await timelineFiles(join(directory.path, "timelines"));
const recorded = [segments, frameReports, fecStatus, pageReports, machineFiles, frameFiles];
for (const parser of [
  ...ours,
  soundServer,
  xServer,
  bus,
  pods,
  waylandWire,
  ...recorded,
  timelines,
]) {
  const fed = await feed(parser, { seed, count });
  console.log(`${fed.name.padEnd(20)} ${fed.count} inputs, heap ${fed.grownMb.toFixed(1)} MB more`);
}
const fed = runGamestreamFuzz({ seed, count });
console.log(`gamestream           ${fed.count} inputs, heap ${fed.grownMb.toFixed(1)} MB more`);
const connections = Number(values.connections);
if (connections > 0) {
  const shaken = await shake({ seed, count: connections });
  console.log(
    `sockets              ${shaken.connectionCount} connections, ${shaken.answerCount} answers, host ${shaken.grownMb.toFixed(1)} MB and ${shaken.grownFdCount} descriptors more`,
  );
  const stormed = await stormGamestream({ seed, count: connections });
  console.log(
    `gamestream sockets   ${stormed.connectionCount} connections, ${stormed.datagramCount} datagrams, host ${stormed.grownMb.toFixed(1)} MB and ${stormed.grownFdCount} descriptors more`,
  );
}
