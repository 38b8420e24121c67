/** A proxy of the environment: what is on this machine is not asked by it. */
import { expect, test } from "bun:test";
import { reachDirectly } from "../../src/base/proxy.ts";

test("names of this machine join those that the environment has, in the variable that counts", () => {
  const env: Record<string, string | undefined> = { no_proxy: "intranet, .lan", NO_PROXY: "other" };
  reachDirectly(undefined, env);
  reachDirectly(["127.0.0.2"], env);
  const all = "intranet,.lan,localhost,127.0.0.1,::1,[::1],127.0.0.2";
  expect(env).toEqual({ no_proxy: all, NO_PROXY: all });
});

test("a command sends its token to a host on this machine, and not to a proxy", async () => {
  const seen: string[] = [];
  using proxy = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: ({ headers }) => {
      seen.push(headers.get("authorization") ?? "");
      return new Response("", { status: 502 });
    },
  });
  using host = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.2" },
    fetch: () => Response.json({ error: "asked directly", code: "x" }, { status: 403 }),
  });
  const address = `http://127.0.0.1:${proxy.port}`;
  const command = Bun.spawn(
    [process.execPath, "src/main.ts", "status", "--host", `http://127.0.0.2:${host.port}`],
    {
      ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      env: {
        ...process.env,
        HTTP_PROXY: address,
        http_proxy: address,
        ONGLASS_TOKEN: "secret-of-the-host-alone",
      },
    },
  );
  expect(await command.stderr.text()).toContain("asked directly");
  expect(seen).toEqual([]);
}, 30_000);
