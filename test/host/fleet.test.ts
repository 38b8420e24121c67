/** Other hosts are asked for their status; one that does not answer, or answers strangely, is shown as such. */
import { expect, test } from "bun:test";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { openFleet } from "../../src/host/fleet.ts";
import { startHost } from "../../src/host/host.ts";
import { otherStatus } from "../support/fake-fleet.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const token = "a-read-only-token-of-another-host";

type Answer = (request: Request) => Response | Promise<Response>;

/** Hosts on loopback by their names, and the file that names them. */
async function startHosts(directory: string, answers: Readonly<Record<string, Answer>>) {
  const asked: { readonly authorization: string | null; readonly path: string }[] = [];
  const servers = Object.entries(answers).map(([name, answer]) => ({
    name,
    server: Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0, idleTimeout: 60 },
      fetch: (request) => {
        const { pathname: path } = new URL(request.url);
        asked.push({ authorization: request.headers.get("authorization"), path });
        return answer(request);
      },
    }),
  }));
  const tables = servers.map(
    ({ name, server }) =>
      `[hosts.${name}]\nurl = "http://127.0.0.1:${server.port}"\ntoken = "${token}"\n`,
  );
  const path = join(directory, "onglass", "hosts.toml");
  await Bun.write(path, `${tables.join("")}[hosts.wrong]\nurl = 7\n`);
  chmodSync(path, 0o600);
  return {
    asked,
    [Symbol.dispose]: () => {
      for (const { server } of servers) void server.stop(true);
    },
  };
}

test("each is shown as it answers, in the order of the settings, and none holds up the others for long", async () => {
  await using directory = await tempDirectory();
  using hosts = await startHosts(directory.path, {
    good: () => Response.json(otherStatus),
    hanging: () => new Promise<Response>(() => undefined),
    endless: () =>
      new Response(
        new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(16 * 1024).fill(32)) }),
      ),
    another: () => new Response("<html>A printer</html>"),
    shapeless: () => Response.json({ version: 1, session_count: "<script>" }),
    closed: () => Response.json({ error: "no", code: "unauthorized" }, { status: 401 }),
    broken: () => new Response(null, { status: 500 }),
    elsewhere: () => Response.redirect("http://127.0.0.1:9/", 302),
  });
  const names = [
    ...["good", "hanging", "endless", "another", "shapeless", "closed", "broken", "elsewhere"],
    ...["wrong", "missing"],
  ];
  const env = { XDG_CONFIG_HOME: directory.path, ONGLASS_TOKEN: "own-token-for-nobody-else" };
  const fleet = openFleet({ names, env });
  const startMs = performance.now();
  const found = await fleet.look();
  expect(performance.now() - startMs).toBeLessThan(8000);
  expect(found.map((host) => [host.name, host.kind === "fault" ? host.fault : host.kind])).toEqual([
    ["good", "answered"],
    ["hanging", "silent"],
    ["endless", "strange"],
    ["another", "strange"],
    ["shapeless", "strange"],
    ["closed", "refused"],
    ["broken", "strange"],
    ["elsewhere", "silent"],
    ["wrong", "unknown"],
    ["missing", "unknown"],
  ]);
  const [good] = found;
  expect(good?.kind === "answered" && good.status.verdicts).toEqual(otherStatus.verdicts);
  for (const one of hosts.asked) {
    expect(one).toEqual({ authorization: `Bearer ${token}`, path: "/api/v1/status" });
  }
});

test("many who look at a time are one look, and a look is asked again three seconds later", async () => {
  await using directory = await tempDirectory();
  using hosts = await startHosts(directory.path, { good: () => Response.json(otherStatus) });
  const scheduler = new ManualScheduler();
  const fleet = openFleet({
    ...{ names: ["good"], env: { XDG_CONFIG_HOME: directory.path }, scheduler },
  });
  await Promise.all([fleet.look(), fleet.look(), fleet.look()]);
  await fleet.look();
  expect(hosts.asked.length).toBe(1);
  scheduler.advanceMs(3000);
  await fleet.look();
  expect(hosts.asked.length).toBe(2);
});

test("a token of this host alone is sent to no other", async () => {
  await using directory = await tempDirectory();
  await Bun.write(
    join(directory.path, "onglass", "hosts.toml"),
    '[hosts.bare]\nurl = "http://127.0.0.1:9"\n',
  );
  const env = { XDG_CONFIG_HOME: directory.path, ONGLASS_TOKEN: "own-token-for-nobody-else" };
  const found = await openFleet({ names: ["bare"], env }).look();
  expect(found).toEqual([{ name: "bare", kind: "fault", fault: "unknown", url: undefined }]);
});

test("a host whose --fleet names one that hosts.toml has not is refused before it starts", async () => {
  await using directory = await tempDirectory();
  using _hosts = await startHosts(directory.path, {});
  const { XDG_CONFIG_HOME } = process.env;
  process.env.XDG_CONFIG_HOME = directory.path;
  const flags = ["--data-dir", join(directory.path, "data"), "--fleet", "missing"];
  await expect(startHost(readConfig(flags, {}))).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(
      /^Cannot show the hosts of --fleet by .*it has no host "missing"/,
    ),
  });
  if (XDG_CONFIG_HOME === undefined) Reflect.deleteProperty(process.env, "XDG_CONFIG_HOME");
  else process.env.XDG_CONFIG_HOME = XDG_CONFIG_HOME;
  expect(existsSync(join(directory.path, "data"))).toBe(false);
});
