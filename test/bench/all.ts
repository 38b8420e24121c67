/**
 * `npm run bench`: every figure that onglass holds itself to, as one table with the conditions it was
 * measured under. Asserts nothing. `npm run bench -- NAME...` runs some, `--long` also what takes
 * long, `--list` names them. Three figures with slashes are minimum, median and maximum.
 */
import { parseArgs } from "node:util";
import { conditions, formatTable, type Row } from "../support/measure.ts";
import { benchHttp, benchStart } from "./console.ts";
import { benchGamestream } from "./gamestream.ts";
import { benchSend } from "./native.ts";
import { benchGate, benchListing, benchMemory, benchRecorder, benchWindow } from "./recorder.ts";
import { benchArmed, benchCpu, benchSessions, benchSoak, benchStream } from "./streams.ts";

type Bench = { readonly run: () => Row[] | Promise<Row[]>; readonly isLong?: boolean };

const benches: Readonly<Record<string, Bench>> = {
  gate: { run: benchGate },
  window: { run: benchWindow },
  send: { run: benchSend },
  gamestream: { run: benchGamestream },
  recorder: { run: benchRecorder },
  memory: { run: benchMemory },
  listing: { run: benchListing },
  http: { run: benchHttp },
  start: { run: benchStart },
  armed: { run: () => benchArmed() },
  stream: { run: () => benchStream() },
  cpu: { run: () => benchCpu() },
  sessions: { run: () => benchSessions() },
  soak: { run: () => benchSoak(), isLong: true },
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      long: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(benches, name));
  if (values.list || unknown.length > 0) {
    console.error(`There are ${Object.keys(benches).join(", ")}`);
    return unknown.length > 0 ? 2 : 0;
  }
  const chosen = Object.entries(benches).filter(([name, bench]) =>
    positionals.length > 0 ? positionals.includes(name) : values.long || bench.isLong !== true,
  );
  console.log(conditions());
  for (const [name, bench] of chosen) {
    console.log(`\n${name}`);
    console.log(formatTable(await bench.run()));
  }
  console.log(`\n${conditions()}`);
  return 0;
}

process.exitCode = await main();
