/**
 * The trace, read by Perfetto's own published definitions: those of the Python package `perfetto`,
 * which `npm test` brings (`tools/perfetto.txt`). Where it cannot, without Python or a network, the
 * test is skipped. No field of ours may be one that they do not know.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { TraceWriter } from "../../src/export/trace.ts";
import { session } from "../support/history-parts.ts";
import { madeRows } from "../support/made-rows.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { note } from "../support/timeline-parts.ts";

/** Reads the file, names every field that the definitions lack, and sums up what is in it. */
const reader = `
import json, sys
from collections import Counter
from google.protobuf.unknown_fields import UnknownFieldSet
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

def unknown(message, where):
    found = [f"{where}.{field.field_number}" for field in UnknownFieldSet(message)]
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None: continue
        values = value if descriptor.is_repeated else [value]
        for one in values: found += unknown(one, f"{where}.{descriptor.name}")
    return found

trace = Trace()
size = trace.ParseFromString(open(sys.argv[1], "rb").read())
names, tracks, types, counters, slices = {}, {}, Counter(), Counter(), Counter()
open_slices, crossed, flows = {}, 0, Counter()
for packet in trace.packet:
    for name in packet.interned_data.event_names: names[name.iid] = name.name
    if packet.HasField("track_descriptor"):
        track = packet.track_descriptor
        tracks[track.uuid] = track.name or track.thread.thread_name or track.process.process_name
    if not packet.HasField("track_event"): continue
    event = packet.track_event
    if event.track_uuid not in tracks: raise SystemExit(f"no track {event.track_uuid}")
    kind = TrackEvent.Type.Name(event.type)
    types[kind] += 1
    if kind == "TYPE_COUNTER": counters[tracks[event.track_uuid]] += 1
    if kind == "TYPE_SLICE_BEGIN":
        slices[names.get(event.name_iid, event.name)] += 1
        for flow in list(event.flow_ids) + list(event.terminating_flow_ids): flows[flow] += 1
        open_slices[event.track_uuid] = packet.timestamp
    if kind == "TYPE_SLICE_END":
        if packet.timestamp < open_slices.pop(event.track_uuid): crossed += 1
print(json.dumps({
    "bytes": size, "unknown": sorted(set(unknown(trace, "trace"))), "types": types, "slices": slices,
    "counters": counters, "open": len(open_slices), "crossed": crossed, "flows": len(flows),
}))
`;

const found = Bun.spawnSync(["python3", "-c", "import perfetto.protos, google.protobuf"], {
  ...{ stdout: "ignore", stderr: "ignore" },
});
const rowCount = 500;
const missedCount = rowCount / 50;
const madeCount = rowCount - missedCount;

test.skipIf(found.exitCode !== 0)(
  "Perfetto's own definitions know every field of a trace",
  async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "a.pftrace");
    const parts: Uint8Array[] = [];
    const trace = new TraceWriter({ write: (some) => void parts.push(some.slice()) });
    trace.addSession(session(1));
    trace.addRows(madeRows({ count: rowCount }));
    const machine = { cpu_busy_share: 0.5, encode_run_delay_us: 1200 };
    trace.addSample(sampleOf({ session_id: 1, t_ms: 2000, mbps: 25, machine }));
    const timestamp = "2026-06-26T20:14:03.000Z";
    trace.addEvent({ index: 0, timestamp, t_ms: 5, event: note("hot") });
    trace.finish();
    const bytes = Buffer.concat(parts);
    await Bun.write(path, bytes);
    const child = Bun.spawn(["python3", "-c", reader, path], { stdout: "pipe", stderr: "pipe" });
    const [said, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect(complaint).toBe("");
    const read = JSON.parse(said);
    expect(read).toMatchObject({ bytes: bytes.length, unknown: [], open: 0, crossed: 0 });
    expect(read.types).toMatchObject({ TYPE_INSTANT: missedCount + 1, TYPE_COUNTER: 3 });
    expect(read.types.TYPE_SLICE_BEGIN).toBe(read.types.TYPE_SLICE_END);
    expect(read.slices).toMatchObject({ capture: madeCount, encode: madeCount, send: madeCount });
    expect(read.counters).toEqual({ mbps: 1, cpu_busy_share: 1, encode_run_delay_us: 1 });
    expect(read.flows).toBe(madeCount);
  },
);
