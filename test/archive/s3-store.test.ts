/** A store that does not answer to its end: every call to it has one. */
import { expect, test } from "bun:test";
import { s3Store } from "../../src/archive/s3-store.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { s3Bucket, s3Keys } from "../support/s3-server.ts";

test("a store that stops in the middle of an answer is left after a minute, and a large file after ten", async () => {
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  const endings = Promise.withResolvers<void>();
  using server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1", idleTimeout: 0 },
    fetch: () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            controller.enqueue(new TextEncoder().encode('{"version":1,'));
            resolve();
            await endings.promise;
            controller.close();
          },
        }),
      ),
  });
  const scheduler = new ManualScheduler();
  const keys = { ...s3Keys, endpoint: `http://127.0.0.1:${server.port}`, region: "eu" };
  const store = s3Store({ bucket: s3Bucket, prefix: "", ...keys }, scheduler);
  const small = store.get("index/one.json", 1024).catch(String);
  const large = store.get("rows/one.parquet", 256 * 1024 * 1024).catch(String);
  await reached;
  scheduler.advanceMs(60_000);
  expect(await small).toContain("it did not answer for 60 s");
  scheduler.advanceMs(540_000);
  expect(await large).toContain("it did not answer for 600 s");
  endings.resolve();
});

test("a list whose pages do not end is left with its reason", async () => {
  let askedCount = 0;
  let next = () => "again";
  using server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: () => {
      askedCount += 1;
      const token = `<NextContinuationToken>${next()}</NextContinuationToken>`;
      const text = `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated>${token}</ListBucketResult>`;
      return new Response(text, { headers: { "content-type": "application/xml" } });
    },
  });
  const keys = { ...s3Keys, endpoint: `http://127.0.0.1:${server.port}`, region: "eu" };
  const store = s3Store({ bucket: s3Bucket, prefix: "", ...keys });
  expect(await store.list("index/", 1000).catch(String)).toContain("its list does not end");
  expect(askedCount).toBe(2);
  next = () => `page ${askedCount}`;
  expect(await store.list("index/", 1000).catch(String)).toContain("its list does not end");
  expect(askedCount).toBeLessThan(30);
});
