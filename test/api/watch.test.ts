/** Streams for browsers, tickets and the clock, and what was counted. */
import { describe, expect, test } from "bun:test";
import parsePrometheus from "parse-prometheus-text-format";
import { Failure } from "../../src/base/failure.ts";
import type { Counters } from "../../src/counters/counters.ts";
import type { StreamRequest } from "../../src/model/watch.ts";
import { machineMetrics } from "../../src/telemetry/machine-metrics.ts";
import { counting } from "../support/counting.ts";
import { fakeHost } from "../support/fake-host.ts";
import { silentMachine } from "../support/fake-machine.ts";
import { watchStream } from "../support/fake-watching.ts";
import { ask, json, read } from "./support.ts";

describe("streams", () => {
  const openWith = async (body: unknown, fail?: Failure) => {
    const asked: StreamRequest[] = [];
    const streams = {
      streams: () => [watchStream],
      open: (request: StreamRequest) => {
        asked.push(request);
        return fail === undefined ? Promise.resolve(watchStream) : Promise.reject(fail);
      },
      close: () => Promise.resolve(false),
      ended: () => undefined,
      find: () => undefined,
      requestFor: () => undefined,
      viewers: () => [],
      resize: () => undefined,
    };
    const { app } = fakeHost({ streams });
    const options = { headers: json, body: JSON.stringify(body) };
    return { asked, answer: await read(await ask(app, "POST /api/v1/streams", options)) };
  };

  test("are listed with all they have", async () => {
    const { app } = fakeHost();
    expect(await read(await ask(app, "GET /api/v1/streams"))).toEqual([200, [watchStream]]);
  });

  test("are asked for with any part of what can be chosen", async () => {
    for (const request of [{}, { fps: 30 }, { source: "x11::1", codec: "av1", width: 640 }]) {
      const { asked, answer } = await openWith(request);
      expect(answer).toEqual([200, watchStream]);
      expect(asked).toEqual([request as StreamRequest]);
    }
  });

  test.each([
    [{ width: 15 }],
    [{ width: 8194 }],
    [{ width: 641 }],
    [{ fps: 0 }],
    [{ fps: 481 }],
    [{ bitrate_kbps: 199 }],
    [{ bitrate_kbps: 500_001 }],
    [{ codec: "hevc" }],
    [{ source: "https://example.org" }],
    [{ source: "file:" }],
    [{ preset: "slow" }],
    [[]],
  ])("are refused with %p", async (body) => {
    const { asked, answer } = await openWith(body);
    expect(answer).toEqual([422, expect.objectContaining({ code: "out_of_range" })]);
    expect(asked).toEqual([]);
  });

  test.each([
    ["too_many", 429],
    ["stream_failed", 503],
    ["invalid_mode", 422],
  ] as const)("that fail with %s answer %i and say why", async (code, status) => {
    const { answer } = await openWith({}, new Failure(code, "Cannot start a stream: it rains"));
    expect(answer).toEqual([status, { error: "Cannot start a stream: it rains", code }]);
  });

  test("have another size for all their viewers, even and within what encoders take", async () => {
    const { app } = fakeHost();
    const resize = (id: string, body: unknown) =>
      ask(app, `PATCH /api/v1/streams/${id}`, { headers: json, body: JSON.stringify(body) });
    const size = { width: 1000, height: 600 };
    expect(await read(await resize("5", size))).toEqual([200, { ...watchStream, ...size }]);
    expect((await resize("6", size)).status).toBe(404);
    for (const bad of [{ width: 999 }, { height: 8194 }, { width: 0 }, { fps: 30 }]) {
      expect((await resize("5", { ...size, ...bad })).status).toBe(422);
    }
    expect((await resize("5", { width: 1000 })).status).toBe(422);
  });

  test("end for all their viewers, once", async () => {
    const { app } = fakeHost();
    expect((await ask(app, "DELETE /api/v1/streams/5")).status).toBe(204);
    for (const id of ["6", "0", "x", "5.0", "%2e"]) {
      expect((await ask(app, `DELETE /api/v1/streams/${id}`)).status).toBe(404);
    }
  });
});

test("a ticket is an address on the name that was asked", async () => {
  const { app } = fakeHost();
  expect(await read(await ask(app, "POST /api/v1/moq/tickets"))).toEqual([
    200,
    { url: "http://localhost:7780/moq?ticket=a-ticket", expires_s: 30 },
  ]);
});

test("the clock is the one that frames are stamped with", async () => {
  const { app } = fakeHost();
  expect(await read(await ask(app, "GET /api/v1/moq/clock"))).toEqual([200, { now_us: 1_000_000 }]);
});

test("a probe of the link is so many random bytes, each frame with the host's clock at its head", async () => {
  const { app } = fakeHost();
  const answer = await ask(app, "GET /api/v1/link-probe?kbps=200&ms=100");
  expect(answer.headers.get("onglass-frame-bytes")).toBe("417");
  const bytes = await answer.bytes();
  // The clock of the fake host stands still: only the first slot is ever due.
  expect(bytes.byteLength % 417).toBe(0);
  expect(new DataView(bytes.buffer).getFloat64(0, true)).toBe(1_000_000);
});

test("a third probe at a time is refused, and an ended one makes room", async () => {
  const { app } = fakeHost();
  const line = "GET /api/v1/link-probe?kbps=200&ms=6000";
  const [one, two] = [await ask(app, line), await ask(app, line)];
  expect((await ask(app, line)).status).toBe(429);
  await one.body?.cancel();
  const three = await ask(app, line);
  expect(three.status).toBe(200);
  for (const open of [two, three]) await open.body?.cancel();
  expect((await ask(app, "GET /api/v1/link-probe?kbps=100001&ms=100")).status).toBe(422);
  expect((await ask(app, "GET /api/v1/link-probe?kbps=200&ms=6001")).status).toBe(422);
});

/** Something in each of the four sets. */
function counted(): Counters {
  const { counters } = counting({ node: "sjc" });
  for (const tier of ["external", "internal"] as const) {
    for (const role of ["publisher", "subscriber"] as const) {
      const counter = counters.broadcast({ path: "live/1.hang", tier });
      counter.open(role);
      const track = counter.track(role);
      track.group();
      track.frame(3);
      track.bytes(tier === "external" ? 1000 : 10);
    }
  }
  counters.broadcast({ path: 'odd"\\\n/2', tier: "external" }).open("publisher");
  return counters;
}

describe("counters", () => {
  test("are answered whole", async () => {
    const counters = counted();
    const { app } = fakeHost({ counters });
    expect(await read(await ask(app, "GET /api/v1/counters"))).toEqual([200, counters.report()]);
  });

  test("can be narrowed to a prefix and a depth", async () => {
    const { app } = fakeHost({ counters: counted() });
    const levels = async (query: string) => {
      const [status, report] = await read(await ask(app, `GET /api/v1/counters${query}`));
      const { entries } = report as { entries: { level: string }[] };
      return [status, entries.map(({ level }) => level)];
    };
    expect(await levels("?prefix=live")).toEqual([200, ["live", "live/1.hang"]]);
    expect(await levels("?prefix=live&depth=0")).toEqual([200, ["live"]]);
    expect(await levels("?depth=0")).toEqual([200, [""]]);
    expect(await levels("?prefix=5")).toEqual([200, []]);
  });

  test.each(["?depth=17", "?depth=-1", "?depth=x", "?other=1", `?prefix=${"x".repeat(513)}`])(
    "refuse %p",
    async (query) => {
      const { app } = fakeHost();
      expect((await ask(app, `GET /api/v1/counters${query}`)).status).toBe(422);
    },
  );
});

describe("metrics", () => {
  const scrape = async () => {
    const { app } = fakeHost({ counters: counted() });
    const answer = await ask(app, "GET /metrics");
    const text = await answer.text();
    return { type: answer.headers.get("content-type"), text, metrics: parsePrometheus(text) };
  };

  test("are read by a public parser", async () => {
    const { type, metrics } = await scrape();
    expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
    const bytes = metrics.find(({ name }) => name === "onglass_bytes_total");
    expect(bytes?.type).toBe("COUNTER");
    expect(bytes?.metrics).toContainEqual({
      value: "1000",
      labels: { prefix: "live", tier: "external", role: "publisher" },
    });
    expect(metrics.find(({ name }) => name === "onglass_sessions")?.metrics).toEqual([
      { value: "1", labels: { kind: "native" } },
      { value: "0", labels: { kind: "gamestream" } },
      { value: "0", labels: { kind: "moq" } },
    ]);
    expect(metrics.find(({ name }) => name === "onglass_uptime_seconds")?.metrics).toEqual([
      { value: "1" },
    ]);
  });

  test("have the counts of recorded windows, by the table of metrics", async () => {
    const { metrics } = await scrape();
    const dropped = metrics.find(({ name }) => name === "onglass_recorded_frames_dropped_total");
    expect(dropped?.metrics).toEqual([{ value: "3" }]);
  });

  test("have what the machine does, in base units", async () => {
    const { metrics } = await scrape();
    const scraped = (name: string, labels?: Record<string, string>) =>
      metrics
        .find((metric) => metric.name === `onglass_${name}`)
        ?.metrics.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;
    expect(scraped("machine_cpu_busy_seconds_total")).toBe("40");
    expect(scraped("process_cpu_seconds_total")).toBe("12.34");
    expect(scraped("thread_run_delay_seconds_total", { thread: "encode" })).toBe("0.5");
    expect(scraped("machine_pressure_seconds_total", { resource: "io" })).toBe("1.5");
    expect(scraped("machine_udp_buffer_errors_total", { direction: "send" })).toBe("2");
    const sent = { interface: "wlan0", direction: "send" };
    expect(scraped("machine_interface_bytes_total", sent)).toBe("1000");
    expect(scraped("machine_interface_speed_bits_per_second", { interface: "wlan0" })).toBe(
      "1000000000",
    );
    expect(scraped("machine_gpu_busy_ratio")).toBe("0.5");
  });

  test("leave out what the machine does not offer", () => {
    const known = machineMetrics(silentMachine.totals()).map(({ name }) => name);
    expect(known).toEqual(["main_pause_seconds_total"]);
  });

  test("are named by the rules, and have a help and a type each", async () => {
    const { metrics } = await scrape();
    for (const { name, help, type } of metrics) {
      expect(name).toMatch(/^(?:onglass|process)_[a-z_]+$/);
      expect([name, name.endsWith("_total")]).toEqual([name, type === "COUNTER"]);
      expect(help).not.toBe("");
    }
  });

  test("have no session's id in any label, and write odd paths escaped", async () => {
    const { text, metrics } = await scrape();
    const prefixes = metrics.flatMap(({ metrics: all }) => all.map(({ labels }) => labels?.prefix));
    expect(new Set(prefixes)).toEqual(new Set([undefined, "live", 'odd"\\\n']));
    expect(text).not.toContain("1.hang");
  });

  test("have at most sixteen prefixes", async () => {
    const { counters } = counting();
    for (let index = 0; index < 40; index += 1) {
      counters.broadcast({ path: `p${index}/x`, tier: "external" }).open("publisher");
    }
    const { app } = fakeHost({ counters });
    const metrics = parsePrometheus(await (await ask(app, "GET /metrics")).text());
    const bytes = metrics.find(({ name }) => name === "onglass_bytes_total");
    expect(bytes?.metrics.length).toBe(16 * 4);
  });
});
