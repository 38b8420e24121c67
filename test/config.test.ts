import { expect, test } from "bun:test";
import { dataDirectoryFlag, readConfig } from "../src/config.ts";

const env = { HOME: "/home/someone" };

test("without flags and environment the defaults of the design hold", () => {
  expect(readConfig([], env)).toEqual({
    dataDirectory: "/home/someone/.config/onglass",
    listen: { host: "127.0.0.1", port: 7780 },
    tls: false,
    tlsFiles: undefined,
    archive: undefined,
    tlsNames: [],
    httpRedirect: undefined,
    allowHosts: [],
    nativeListen: { host: "0.0.0.0", port: 7781 },
    gamestream: { port: 47_989, isChosen: false, codecs: ["h264"] },
    source: "testsrc",
    encoder: "auto",
    encoderPreset: undefined,
    token: undefined,
    raisesPriority: true,
    relay: undefined,
    relayTokenFile: undefined,
    relayViewerUrl: undefined,
    relayViewerTokenFile: undefined,
    stats: { prefix: ".stats", levels: 3, node: undefined },
    perf: false,
    kept: {},
    otlpHeadersFile: undefined,
    fleet: [],
    logForm: undefined,
  });
});

test("the log has the form that the flag or the environment names, and no other", () => {
  expect(readConfig(["--log", "text"], { ...env, ONGLASS_LOG: "json" }).logForm).toBe("text");
  expect(readConfig([], { ...env, ONGLASS_LOG: "json" }).logForm).toBe("json");
  expect(() => readConfig(["--log", "xml"], env)).toThrow("it takes text or json");
});

test("XDG_CONFIG_HOME moves the data directory", () => {
  expect(readConfig([], { ...env, XDG_CONFIG_HOME: "/x" }).dataDirectory).toBe("/x/onglass");
});

test("ONGLASS_DATA_DIR wins over XDG_CONFIG_HOME", () => {
  const config = readConfig([], { XDG_CONFIG_HOME: "/x", ONGLASS_DATA_DIR: "/data" });
  expect(config.dataDirectory).toBe("/data");
});

test("a flag wins over its variable", () => {
  expect(readConfig(["--source", "x11::1"], { ONGLASS_SOURCE: "testsrc" }).source).toBe("x11::1");
});

test("listening beyond loopback switches TLS on", () => {
  expect(readConfig(["--listen", "0.0.0.0:7780"], env).tls).toBe(true);
});

test("--no-tls wins over listening beyond loopback", () => {
  expect(readConfig(["--listen", "0.0.0.0:7780", "--no-tls"], env).tls).toBe(false);
});

test("ONGLASS_TLS=0 switches TLS off", () => {
  expect(readConfig(["--listen", "[::]:7780"], { ...env, ONGLASS_TLS: "0" }).tls).toBe(false);
});

test("files of a certificate turn TLS on, and its names are answered to", () => {
  const files = ["--tls-cert", "c.pem", "--tls-key", "k.pem"];
  const { tls, tlsFiles } = readConfig(files, env);
  expect([tls, tlsFiles]).toEqual([true, { certificate: "c.pem", key: "k.pem" }]);
  const names = ["--tls-name", "Den.example", "--tls-name", "[2001:db8::1]"];
  expect(readConfig(names, env).allowHosts).toEqual(["den.example", "2001:db8::1"]);
});

test("--allow-host may be given twice", () => {
  const config = readConfig(["--allow-host", "a.example", "--allow-host", "b.example"], env);
  expect(config.allowHosts).toEqual(["a.example", "b.example"]);
});

test.each([
  [["--listen", "7780"], "--listen"],
  [["--listen", "localhost:65536"], "--listen"],
  [["--native-listen", "::1:7781"], "--native-listen"],
  [["--source", "camera"], "--source"],
  [["--encoder", "x265"], "--encoder"],
  [["--encoder-preset", "; rm"], "--encoder-preset"],
  [["--tls", "--no-tls"], "--no-tls"],
  [["--tls-cert", "a.pem"], "--tls-key"],
  [["--tls-key", "a.pem"], "--tls-cert"],
  [["--tls-name", "a b"], "--tls-name"],
  [["--http-redirect", "127.0.0.1:80"], "--http-redirect"],
  [["--no-tls", "--tls-cert", "a.pem", "--tls-key", "b.pem"], "--tls-cert with --no-tls"],
  [["--archive-keys", "keys"], "--archive-keys without --archive"],
  [["--archive", "captures", "--archive-keys", "keys"], "--archive-keys: a directory"],
  [["--archive", "/data", "--data-dir", "/data"], 'Cannot use --archive "/data"'],
  [["--archive", "/data/a/..b", "--data-dir", "/data/"], "it lies in the data directory"],
  [["--relay-token-file", "token"], "--relay-token-file without --relay"],
  [["--relay-viewer-url", "https://relay.example/desk"], "--relay-viewer-url without --relay"],
  [["--relay-viewer-token-file", "token"], "--relay-viewer-token-file without --relay"],
  [["--colour"], "--colour"],
])("%p is refused with the flag's name", (args, name) => {
  expect(() => readConfig(args, env)).toThrow(name);
});

test("an archive beside the data directory, around it or in a store is taken", () => {
  for (const target of ["/data-archive", "/", "/data/../a", "s3://data/onglass"]) {
    const args = ["--archive", target, "--data-dir", "/data"];
    expect(readConfig(args, env).archive?.target).toBe(target);
  }
});

test("a port of 65535 is taken", () => {
  expect(readConfig(["--listen", "localhost:65535"], env).listen.port).toBe(65_535);
});

test("a token of 15 characters is refused without being repeated", () => {
  const read = () => readConfig([], { ...env, ONGLASS_TOKEN: "123456789012345" });
  expect(read).toThrow("16 to 512");
  expect(read).not.toThrow("123456789012345");
});

test("a token of 16 characters is taken", () => {
  expect(readConfig([], { ...env, ONGLASS_TOKEN: "1234567890123456" }).token).toHaveLength(16);
});

test("what is counted apart is set by flag and variable, and can be off", () => {
  const given = ["--stats-prefix", "metrics", "--stats-levels", "2", "--stats-node", "sjc"];
  expect(readConfig(given, env).stats).toEqual({ prefix: "metrics", levels: 2, node: "sjc" });
  expect(readConfig([], { ...env, ONGLASS_STATS_LEVELS: "1" }).stats.levels).toBe(1);
  expect(readConfig(["--no-stats"], env).stats.levels).toBe(0);
  expect(() => readConfig(["--stats-levels", "many"], env)).toThrow(
    'Cannot use --stats-levels "many": it takes a whole number from 0 to 16',
  );
});

test("a relay is an address that a WebSocket can go to", () => {
  for (const text of ["https://relay.example/a?jwt=x", "ws://10.0.0.1:4443"]) {
    expect(readConfig(["--relay", text], env).relay).toEqual(new URL(text));
  }
  for (const text of ["relay.example", "ftp://relay.example", "secret"]) {
    expect(() => readConfig(["--relay", text], env)).toThrow(
      "Cannot use --relay: it takes an address, such as https://relay.example/path",
    );
  }
});

test("browsers reach a relay at its own address or another", () => {
  const at = ["--relay-viewer-url", "https://relay.example/desk"];
  const config = readConfig(["--relay", "ws://10.0.0.1:4443", ...at], env);
  expect(config.relayViewerUrl).toEqual(new URL("https://relay.example/desk"));
});

test("a data directory that another command would not look in is named for it, quoted for a shell", () => {
  const flagOf = (directory: string | undefined) => {
    const args = directory === undefined ? [] : ["--data-dir", directory];
    return dataDirectoryFlag(readConfig(args, env), env);
  };
  expect(flagOf("/tmp/a b")).toBe(" --data-dir '/tmp/a b'");
  expect(flagOf("/srv/onglass")).toBe(" --data-dir /srv/onglass");
  expect(dataDirectoryFlag(readConfig([], { HOME: "/home/a" }), { HOME: "/home/a" })).toBe("");
});
