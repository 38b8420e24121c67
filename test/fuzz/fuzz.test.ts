/** The short form of `npm run fuzz`; the seed is in the error of a run that fails. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { tempDirectory } from "../support/temp-directory.ts";
import { allParsers } from "./all-parsers.ts";
import { captureFiles } from "./parsers.ts";
import { timelineFiles } from "./recorded.ts";
import { feed } from "./run.ts";
import { shake } from "./sockets.ts";

const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
const count = 10_000;

test.each(allParsers)(
  "no input does harm: $name",
  async (parser) => {
    const fed = await feed(parser, { seed, count });
    expect(fed.count).toBeGreaterThan(0);
  },
  30_000,
);

test("no bytes in place of a capture do harm", async () => {
  await using directory = await tempDirectory();
  const fed = await feed(await captureFiles(join(directory.path, "captures")), { seed, count });
  expect(fed.count).toBeGreaterThan(0);
}, 30_000);

test("no bytes in place of a timeline do harm", async () => {
  await using directory = await tempDirectory();
  const fed = await feed(await timelineFiles(join(directory.path, "timelines")), { seed, count });
  expect(fed.count).toBeGreaterThan(0);
}, 30_000);

test("no connection does harm", async () => {
  const shaken = await shake({ seed, count: 40 });
  expect(shaken.answerCount).toBeGreaterThan(0);
}, 60_000);
