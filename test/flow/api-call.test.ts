/** The line on the API page, run as it is shown. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { loadHostIdentity } from "../../src/base/identity.ts";
import { startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const tls = { rejectUnauthorized: false };

/** Of the API page, as somebody who signed in by the form sees it. */
async function shownLine(url: string, token: string): Promise<string> {
  const body = new URLSearchParams({ token });
  const headers = { origin: url };
  const form = { method: "POST", body, headers, redirect: "manual", tls } as const;
  const signedIn = await fetch(`${url}/sign-in`, form);
  const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
  const page = await (await fetch(`${url}/api/docs`, { headers: { cookie }, tls })).text();
  const code = /<code>(curl [^<]*)<\/code>/.exec(page)?.[1] ?? "";
  return code.replaceAll("&quot;", '"');
}

async function run(line: string, directory: string) {
  const { stdout, stderr, exitCode } = await Bun.$`sh -c ${line}`.cwd(directory).quiet().nothrow();
  return { answer: stdout.toString(), said: stderr.toString(), exitCode };
}

test("over TLS the line on the API page works, and sends the token to this host only", async () => {
  await using directory = await tempDirectory();
  await using other = await tempDirectory();
  await using host = await startRunningHost(directory.path, { flags: ["--tls"] });
  const token = (await Bun.file(join(directory.path, "token")).text()).trim();
  const line = await shownLine(host.consoleUrl, token);
  const { answer, exitCode } = await run(line, directory.path);
  expect([exitCode, JSON.parse(answer)]).toMatchObject([0, { source: "testsrc" }]);

  const stranger = await loadHostIdentity(other.path);
  let askedCount = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: stranger.certificatePem, key: stranger.keyPem },
    fetch: () => {
      askedCount += 1;
      return new Response("mine now");
    },
  });
  try {
    const stolen = line.replace(host.consoleUrl, `https://127.0.0.1:${server.port}`);
    expect(stolen).not.toBe(line);
    const refused = await run(stolen, directory.path);
    expect([refused.exitCode, refused.answer, askedCount]).toEqual([90, "", 0]);
  } finally {
    await server.stop(true);
  }
}, 30_000);
