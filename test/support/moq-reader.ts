/**
 * A client in a process of its own: `moq-reader.ts URL TRACK`. Reads the first value of the track in
 * every broadcast that is announced under `live`, and prints how many are announced now and how many
 * were read so far, a line for each change.
 */
import { Connection, Path } from "@moq/net";

for (const name of ["debug", "info", "log", "warn", "error"] as const)
  console[name] = () => undefined;
const [url = "", name = ""] = process.argv.slice(2);
const connection = await Connection.connect(new URL(url));
const announced = connection.announced(Path.from("live"));
let activeCount = 0;
let readCount = 0;

async function read(path: string): Promise<void> {
  const subscriber = connection.consume(Path.from("live", path)).subscribe(name, {});
  await (await subscriber.recvGroup())?.readFrame();
  subscriber.close();
  readCount += 1;
  say();
}

function say(): void {
  process.stdout.write(`${activeCount} ${readCount}\n`);
}

for (;;) {
  const event = await announced.next();
  if (event === undefined) break;
  activeCount += event.active ? 1 : -1;
  if (event.active) await read(event.path);
  say();
}
