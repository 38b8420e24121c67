/** What the thread of a path logs is among the last lines that the API has, not only on stderr. */
import { expect, test } from "bun:test";
import { ownCredentials, startTestHost, startTestPlayer } from "../../support/native.ts";

test("lines of information that the thread of a path logs are reported to main", async () => {
  await using made = await startTestHost();
  made.gate.setPerf(true);
  using _player = await startTestPlayer(made.host.port, await ownCredentials(made));
  const { line } = await made.event("logged");
  expect(line).toMatchObject({ level: "info", text: expect.stringContaining("window") });
});
