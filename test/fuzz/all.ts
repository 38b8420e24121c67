/**
 * `npm run fuzz`: a million random and bent inputs at every parser, at those of the GameStream path
 * another million; two thousand connections at the sockets of a real host, and as many at its
 * GameStream ports while somebody plays. `--seed N` repeats a run, `--count N` makes it shorter or longer,
 * `--connections N` likewise. Ends with 1 at the first fault, with what caused it.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { tempDirectory } from "../support/temp-directory.ts";
import { allParsers } from "./all-parsers.ts";
import { runGamestreamFuzz } from "./gamestream.ts";
import { stormGamestream } from "./gamestream-sockets.ts";
import { captureFiles } from "./parsers.ts";
import { timelineFiles } from "./recorded.ts";
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
const timelines = await timelineFiles(join(directory.path, "timelines"));
for (const parser of [...allParsers, files, timelines]) {
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
