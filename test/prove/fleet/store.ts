/**
 * The S3 store of the proof. A real one, versitygw (Apache-2.0, in Go), when the machine has it or has Go
 * to build it from its module: other people's code decides what S3 is. Otherwise the one of the tests.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { S3Client } from "bun";
import { openS3Server, s3Bucket, s3Keys } from "../../support/s3-server.ts";
import { until } from "../../support/until.ts";
import { endProcess } from "../verdict/setup.ts";

const module = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const kept = join(import.meta.dir, "../../../node_modules/.go");

/** Ended when disposed. */
export type ProofStore = AsyncDisposable & {
  /** For people. */
  readonly name: string;
  readonly endpoint: string;
};

/** With an empty bucket, `s3Bucket`, and `s3Keys`. */
export async function openProofStore(
  directory: string,
  say: (line: string) => void,
): Promise<ProofStore> {
  const program = await gateway(say);
  if (program !== undefined) return await startGateway(program, directory);
  const server = openS3Server();
  return {
    name: "the S3 server of the tests, since there is neither versitygw nor Go",
    endpoint: server.endpoint,
    [Symbol.asyncDispose]: () => Promise.resolve(server[Symbol.dispose]()),
  };
}

/** Copies all of a bucket, as an operator does for a program that reads no S3. */
export async function copyBucket(endpoint: string, directory: string): Promise<number> {
  const client = new S3Client({ bucket: s3Bucket, endpoint, region: "us-east-1", ...s3Keys });
  const { contents = [] } = await client.list();
  for (const { key } of contents) await Bun.write(join(directory, key), client.file(key));
  return contents.length;
}

async function gateway(say: (line: string) => void): Promise<string | undefined> {
  const built = join(kept, "versitygw");
  const there = Bun.which("versitygw") ?? ((await Bun.file(built).exists()) ? built : undefined);
  if (there !== undefined || Bun.which("go") === null) return there ?? undefined;
  say(`building ${module}, some minutes`);
  await mkdir(kept, { recursive: true });
  const child = Bun.spawn(["go", "install", "-ldflags=-s", module], {
    stdio: ["ignore", "ignore", "ignore"],
    env: { ...process.env, GOBIN: kept },
  });
  return (await child.exited) === 0 ? built : undefined;
}

async function startGateway(program: string, directory: string): Promise<ProofStore> {
  await using stack = new AsyncDisposableStack();
  const [objects, versions] = [join(directory, "objects"), join(directory, "gateway")];
  for (const path of [join(objects, s3Bucket), versions]) await mkdir(path, { recursive: true });
  const port = freePort();
  const keys = ["--access", s3Keys.accessKeyId, "--secret", s3Keys.secretAccessKey];
  const child = Bun.spawn([program, "--port", `127.0.0.1:${port}`, ...keys, "posix", objects], {
    ...{ stdio: ["ignore", "ignore", "ignore"], cwd: versions },
  });
  stack.defer(() => endProcess(child));
  const endpoint = `http://127.0.0.1:${port}`;
  let isUp = false;
  const poll = async () => {
    while (!isUp && child.exitCode === null) {
      isUp = await fetch(endpoint).then(
        () => true,
        () => false,
      );
      await Bun.sleep(100);
    }
  };
  void poll();
  await until(() => isUp, { what: "the S3 store answers" });
  const owned = stack.move();
  return { name: "versitygw", endpoint, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = server;
  server.stop(true);
  return port;
}
