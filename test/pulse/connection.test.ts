import { expect, test } from "bun:test";
import { join } from "node:path";
import { PulseConnection } from "../../src/pulse/connection.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("where no sound server listens, the path that was tried is named", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "native");
  const opening = PulseConnection.open(path);
  await expect(opening).rejects.toThrow(`neither PipeWire nor PulseAudio answers at ${path}`);
});
