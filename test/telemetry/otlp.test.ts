/** Telemetry goes to a collector in the background; one that is down, hangs or refuses costs a counter. */
import { expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { onWarning } from "../../src/base/log.ts";
import type { ScrapedMetric } from "../../src/model/scraped-metric.ts";
import { OtlpExporter, type OtlpOptions } from "../../src/telemetry/otlp/exporter.ts";
import { readHeaders } from "../../src/telemetry/otlp/headers-file.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { startCollector, taken } from "../support/otlp-collector.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const metric: ScrapedMetric = {
  ...{ name: "sessions", help: "Sessions", type: "gauge" },
  samples: [{ labels: { kind: "native" }, value: 2 }],
};

function openExporter(options: Partial<OtlpOptions> = {}) {
  const scheduler = new ManualScheduler();
  const { clock } = scheduler;
  const exporter = new OtlpExporter({
    ...{ clock, scheduler, startedUs: clock.nowUs(), sender: { attributes: [], version: "1" } },
    collect: () => Promise.resolve([metric]),
    headersFor: () => Promise.resolve({}),
    ...options,
  });
  const event = (slots: number) =>
    exporter.addEvent(
      { type: "stream", action: "slots_missed", session_id: 1, slots },
      clock.nowUs(),
    );
  /** The next time it sends, whatever it waits for. */
  const next = async () => {
    scheduler.advanceMs(310_000);
    await exporter.settled();
  };
  const count = (name: string, labels: Record<string, string>) =>
    exporter
      .metrics()
      .find((one) => one.name === name)
      ?.samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;
  return { exporter, scheduler, event, next, count };
}

const slotsOf = (text: string): string[] =>
  [...text.matchAll(/"onglass.slots","value":\{"intValue":"(\d+)"/g)].map(
    ([, slots = ""]) => slots,
  );

test("without an address nothing is kept, sent or counted", () => {
  const { exporter, scheduler, event } = openExporter();
  event(1);
  scheduler.advanceMs(60_000);
  expect(exporter.metrics()).toEqual([]);
  expect(scheduler.waitingCount).toBe(0);
});

test("metrics and events are sent every ten seconds, to the path of each signal", async () => {
  using collector = startCollector();
  const { exporter, scheduler, event } = openExporter();
  exporter.setUrl(`${collector.url}/`);
  event(1);
  scheduler.advanceMs(10_000);
  await exporter.settled();
  expect(collector.sent.map(({ path }) => path)).toEqual(["/v1/metrics", "/v1/logs"]);
  expect(collector.sent[0]?.headers["content-type"]).toBe("application/json");
  scheduler.advanceMs(10_000);
  await exporter.settled();
  expect(collector.of("metrics").length).toBe(2);
  expect(collector.of("logs").length).toBe(1);
});

test.each([429, 502, 503, 504])(
  "events that a collector answers with %p are sent again, in order and once",
  async (status) => {
    using collector = startCollector(() => new Response(null, { status }));
    const { exporter, event, next, count } = openExporter();
    exporter.setUrl(collector.url);
    event(1);
    await next();
    event(2);
    collector.answerWith(taken);
    await next();
    await next();
    expect(collector.of("logs").flatMap(({ text }) => slotsOf(text))).toEqual(["1", "2"]);
    expect(count("otlp_dropped_total", { signal: "logs" })).toBe(0);
  },
);

test.each([400, 401, 404, 500])(
  "events that a collector answers with %p are dropped, counted, and metrics go on",
  async (status) => {
    using collector = startCollector(({ path }) =>
      path === "/v1/logs" ? new Response("no", { status }) : taken(),
    );
    const { exporter, scheduler, event, count } = openExporter();
    exporter.setUrl(collector.url);
    event(1);
    for (let turn = 0; turn < 3; turn++) {
      scheduler.advanceMs(10_000);
      await exporter.settled();
    }
    expect(collector.of("logs").length).toBe(1);
    expect(collector.of("metrics").length).toBe(3);
    expect(count("otlp_dropped_total", { signal: "logs" })).toBe(1);
    expect(count("otlp_requests_total", { signal: "logs", outcome: "refused" })).toBe(1);
  },
);

test("a collector that is down is asked less and less often, at least every five minutes", async () => {
  using collector = startCollector();
  const { url } = collector;
  collector[Symbol.dispose]();
  const { exporter, scheduler, count } = openExporter();
  exporter.setUrl(url);
  for (let turn = 0; turn < 360; turn++) {
    scheduler.advanceMs(10_000);
    await exporter.settled();
  }
  const failed = count("otlp_requests_total", { signal: "metrics", outcome: "failed" });
  expect(failed).toBeGreaterThanOrEqual(12);
  expect(failed).toBeLessThan(20);
});

test("a collector that says when to come again is asked then", async () => {
  using collector = startCollector(
    () => new Response(null, { status: 429, headers: { "retry-after": "100" } }),
  );
  const { exporter, scheduler } = openExporter();
  exporter.setUrl(collector.url);
  for (let turn = 0; turn < 10; turn++) {
    scheduler.advanceMs(10_000);
    await exporter.settled();
  }
  expect(collector.sent.length).toBe(1);
  scheduler.advanceMs(10_000);
  await exporter.settled();
  expect(collector.sent.length).toBe(2);
});

test("a collector that hangs is dropped, and the queue stays within its bounds, the oldest going first", async () => {
  using collector = startCollector(() => undefined);
  const { exporter, event, next, count } = openExporter({ timeoutMs: 50 });
  exporter.setUrl(collector.url);
  for (let slots = 1; slots <= 3000; slots++) event(slots);
  await next();
  expect(count("otlp_requests_total", { signal: "metrics", outcome: "failed" })).toBe(1);
  expect(count("otlp_queue_items", { signal: "logs" })).toBe(2048);
  expect(count("otlp_dropped_total", { signal: "logs" })).toBe(3000 - 2048);
  collector.answerWith(taken);
  await next();
  const all = collector.of("logs").flatMap(({ text }) => slotsOf(text));
  expect([all[0], all.at(-1), all.length]).toEqual(["953", "3000", 2048]);
});

test("a collector that fails is one line of the log, and one when it is back", async () => {
  using collector = startCollector(() => new Response(null, { status: 503 }));
  const { exporter, next } = openExporter();
  const warned: string[] = [];
  using _listener = onWarning((code) => warned.push(code));
  exporter.setUrl(collector.url);
  for (let turn = 0; turn < 5; turn++) await next();
  expect(warned).toEqual(["otlp_not_sent"]);
});

test("a collector that refuses is one line of the log, which promises no other try", async () => {
  using collector = startCollector(() => new Response(null, { status: 400 }));
  const { exporter, next } = openExporter();
  const warned: string[] = [];
  using _listener = onWarning((code) => warned.push(code));
  exporter.setUrl(collector.url);
  for (let turn = 0; turn < 3; turn++) await next();
  expect(warned).toEqual(["otlp_refused"]);
});

test("metrics that cannot be gathered are one line of the log, and the events wait", async () => {
  using collector = startCollector();
  const parts = { isBroken: true };
  const { exporter, event, next, count } = openExporter({
    collect: () =>
      parts.isBroken ? Promise.reject(new Error("a part is gone")) : Promise.resolve([metric]),
  });
  const reasons: unknown[] = [];
  using _listener = onWarning((_code, fields) => reasons.push(fields.reason));
  exporter.setUrl(collector.url);
  event(1);
  await next();
  await next();
  expect(reasons).toEqual(["a part is gone"]);
  expect(count("otlp_queue_items", { signal: "logs" })).toBe(1);
  parts.isBroken = false;
  await next();
  expect(collector.of("logs").flatMap(({ text }) => slotsOf(text))).toEqual(["1"]);
});

test("what a collector took no part of is counted", async () => {
  using collector = startCollector(() =>
    Response.json({ partialSuccess: { rejectedDataPoints: "3", errorMessage: "too old" } }),
  );
  const { exporter, next, count } = openExporter();
  exporter.setUrl(collector.url);
  await next();
  expect(count("otlp_rejected_total", {})).toBe(3);
});

test("an answer without end is not read to its end", async () => {
  using collector = startCollector(
    () =>
      new Response(
        new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(16 * 1024).fill(32)) }),
      ),
  );
  const { exporter, next, count } = openExporter();
  exporter.setUrl(collector.url);
  await next();
  expect(count("otlp_requests_total", { signal: "metrics", outcome: "accepted" })).toBe(1);
});

test("a redirect is not followed: its headers are for one address alone", async () => {
  using other = startCollector();
  using collector = startCollector(() => Response.redirect(`${other.url}/v1/metrics`, 307));
  const { exporter, next, count } = openExporter({
    headersFor: () => Promise.resolve({ "x-key": "secret-of-the-test" }),
  });
  exporter.setUrl(collector.url);
  await next();
  expect(other.sent).toEqual([]);
  expect(count("otlp_requests_total", { signal: "metrics", outcome: "refused" })).toBe(1);
});

test("what is under way when the address is taken away is forgotten", async () => {
  using collector = startCollector(() => new Response(null, { status: 503 }));
  const { exporter, scheduler, event, count } = openExporter();
  exporter.setUrl(collector.url);
  event(1);
  scheduler.advanceMs(10_000);
  exporter.setUrl("");
  await exporter.settled();
  expect(count("otlp_queue_items", { signal: "logs" })).toBe(0);
  scheduler.advanceMs(600_000);
  expect(collector.sent.length).toBe(1);
});

test("the last events are sent when the host ends", async () => {
  using collector = startCollector();
  const { exporter, event } = openExporter();
  exporter.setUrl(collector.url);
  event(7);
  await exporter[Symbol.asyncDispose]();
  expect(collector.of("logs").flatMap(({ text }) => slotsOf(text))).toEqual(["7"]);
});

test("a collector that hangs holds up the end of the host for half a second, no longer", async () => {
  using collector = startCollector(() => undefined);
  const { exporter, scheduler } = openExporter();
  exporter.setUrl(collector.url);
  const ending = exporter[Symbol.asyncDispose]();
  scheduler.advanceMs(500);
  await ending;
  expect(scheduler.waitingCount).toBe(0);
});

test("headers come from a file, a line each, and are read again for every batch", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "headers");
  await Bun.write(path, "");
  await chmod(path, 0o600);
  await Bun.write(path, "# of the collector\nAuthorization: Bearer one\n\nX-Scope: a b\n");
  using collector = startCollector();
  const { exporter, next } = openExporter({ headersFor: () => readHeaders(path) });
  exporter.setUrl(collector.url);
  await next();
  await Bun.write(path, "Authorization: Bearer two\r\n");
  await next();
  expect(collector.sent.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer one",
    "Bearer two",
  ]);
  expect(collector.sent[0]?.headers["x-scope"]).toBe("a b");
});

test.each([
  ["secret-without-a-name", "line 1"],
  ["a: b\nX-Bad: \u0001secret", "line 2"],
  ["Content-Type: secret", "line 1"],
  [`x: ${"secret".repeat(1000)}`, "line 1"],
  [Array.from({ length: 40 }, (_, index) => `x${index}: secret`).join("\n"), "more than 32"],
  ["s".repeat(20_000), "larger than"],
])(
  "a file of headers that cannot be used is named, and nothing of what it holds",
  async (text, why) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "headers");
    await Bun.write(path, text);
    await chmod(path, 0o600);
    const error = await readHeaders(path).catch((cause: Error) => cause);
    expect(String(error)).toContain(why);
    expect(String(error)).toContain(path);
    expect(String(error)).not.toContain("secret");
  },
);

test.each([0o604, 0o640, 0o620])(
  "headers in a file that others may read or write are not used (mode %i)",
  async (mode) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "headers");
    await Bun.write(path, "Authorization: Bearer secret\n");
    await chmod(path, mode);
    const error = await readHeaders(path).catch((cause: Error) => cause);
    expect(String(error)).toContain(`others may read it (mode 0${mode.toString(8)}); chmod 600`);
    expect(String(error)).not.toContain("secret");
  },
);

test("without its headers nothing is sent, and the host says why", async () => {
  using collector = startCollector();
  const { exporter, next } = openExporter({
    headersFor: () => readHeaders("/nonexistent/headers"),
  });
  const reasons: unknown[] = [];
  using _listener = onWarning((_code, fields) => reasons.push(fields.reason));
  exporter.setUrl(collector.url);
  await next();
  expect(collector.sent).toEqual([]);
  expect(reasons).toEqual([expect.stringContaining("/nonexistent/headers")]);
});
