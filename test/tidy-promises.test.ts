/** Rules about what the code promises of itself: hot paths, and exports that are explained. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { explainedExports, hotPathFaults } from "./support/source-reader.ts";

const sources = [...new Glob("{src,views}/**/*.ts").scanSync()]
  .filter((path) => !path.startsWith("src/generated/"))
  .sort();
const textOf = (path: string) => Bun.file(path).text();

test("code marked as a hot path neither waits, spreads, makes closures nor formats", async () => {
  const wrong: string[] = [];
  for (const path of sources) {
    const text = await textOf(path);
    if (!text.includes("Hot path:")) continue;
    for (const fault of hotPathFaults(text)) wrong.push(`${path}: ${fault}`);
  }
  expect(wrong).toEqual([]);
});

/** What is reached; it only rises. */
const explainedShareMin = 0.84;

test("exported types, functions and classes say what they are for their user", async () => {
  let [count, explained] = [0, 0];
  for (const path of sources) {
    const found = explainedExports(await textOf(path));
    count += found.count;
    explained += found.explained;
  }
  expect(explained / count).toBeGreaterThanOrEqual(explainedShareMin);
});

test("the reader of hot paths sees each cost, and leaves constructors and errors alone", () => {
  const source = `/** Hot path: a sample. */
export class Sender {
  constructor(options: Options) {
    this.send = () => [...options.list];
  }

  async push(packet: Packet): void {
    if (packet.bytes === 0) throw new Error(\`no \${packet.id}\`);
    const all = [...this.packets, packet];
    all.forEach((one) => one.send());
    await this.flush(\`\${packet.id}\`);
  }

  add(count: number): void {
    this.count += count;
  }
}
`;
  const costs = ["waits", "spreads", "makes a closure", "formats"];
  expect(hotPathFaults(source)).toEqual(costs.map((cost) => `push ${cost}`));
});
