/** A store that does not answer to its end: every call to it has one. */
import { expect, spyOn, test } from "bun:test";
import type { ObjectStore } from "../../src/archive/object-store.ts";
import { type S3Access, s3Requests } from "../../src/archive/s3-request.ts";
import { s3Store } from "../../src/archive/s3-store.ts";
import { problemOf } from "../../src/archive/sender.ts";
import { Failure } from "../../src/base/failure.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { openS3Server, s3Bucket, s3Keys } from "../support/s3-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";

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

test("a redirect is not followed: another address gets neither data nor keys", async () => {
  const seen: string[] = [];
  using other = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: (request) => {
      seen.push(request.url);
      return new Response();
    },
  });
  for (const status of [301, 302, 307, 308]) {
    using server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: () => Response.redirect(`http://127.0.0.1:${other.port}/captures/x`, status),
    });
    const store = storeAt(server.port, { sessionToken: "a-token" });
    for (const cause of await causesOf(store)) {
      expect(problemOf(cause)).toMatchObject({ code: "redirected", answer: `${status}` });
    }
  }
  expect(seen).toEqual([]);
});

const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

test.each([
  [507, "", "the store is full (507)"],
  [507, xml("XMinioStorageFull"), "the store is full (507 XMinioStorageFull)"],
  [403, "", "the store refuses access (403)"],
  [403, xml("AccessDenied"), "the store refuses access (403 AccessDenied)"],
  [
    403,
    xml("RequestTimeTooSkewed"),
    "the clock of this machine is wrong (403 RequestTimeTooSkewed)",
  ],
  [
    404,
    xml("XAdminUserNotFound"),
    "the store does not know the access key (404 XAdminUserNotFound)",
  ],
  [
    400,
    xml("AuthorizationHeaderMalformed").replace("</Error>", "<Region>eu</Region></Error>"),
    "the store is in another region than the one given (400 AuthorizationHeaderMalformed)",
  ],
  [
    400,
    xml("AuthorizationHeaderMalformed"),
    "the store cannot read the access key or the region (400 AuthorizationHeaderMalformed)",
  ],
  [
    400,
    xml("ExpiredToken"),
    "the session token has expired, or the store does not know it (400 ExpiredToken)",
  ],
  [503, xml("SlowDown"), "the store answers 503 SlowDown"],
  [502, "<h1>test-secret</h1>", "the store does not answer as one should (502)"],
])("a store that answers %p with %p is shown as such", async (status, body, text) => {
  using server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: () => new Response(body, { status }),
  });
  for (const cause of await causesOf(storeAt(server.port))) {
    expect(problemOf(cause).text).toBe(text);
  }
});

test("a store that nobody runs, and one without keys, are shown as such", async () => {
  const cannot = storeAt(1);
  for (const cause of await causesOf(cannot)) {
    expect(problemOf(cause).code).toBe("unreachable");
  }
  const keyless = storeAt(1, { accessKeyId: "" });
  for (const cause of await causesOf(keyless)) {
    expect(problemOf(cause).code).toBe("no_keys");
  }
});

test("an endpoint is an address, with a scheme or without; another is refused without being repeated", () => {
  const opened = (endpoint: string) => () => storeAt(1, { endpoint });
  for (const good of ["store.lan", "store.lan:9000", "http://127.0.0.1:1/", "https://a.lan/s3"]) {
    expect(opened(good)).not.toThrow();
  }
  for (const bad of ["https://name:secret@a.lan", "ftp://a.lan", "https://a.lan?secret", "a b"]) {
    expect(opened(bad)).toThrow("Cannot use the endpoint of the archive: it takes an address");
    expect(opened(bad)).not.toThrow("secret");
  }
});

test("keys with odd characters are the same in a list as they were sent", async () => {
  using server = openS3Server();
  const store = storeAt(Number(new URL(server.endpoint).port));
  const key = "rows/host=a'b (c)!*/date=2026-11-28/ä&+1.parquet";
  const content = new TextEncoder().encode("rows");
  await store.put(key, content);
  expect(await store.get(key, 4)).toEqual(content);
  expect(await store.get("rows/none", 4)).toBeUndefined();
  expect(store.get(key, 3)).rejects.toThrow("larger than 3 bytes");
  expect(await store.list("rows/host=a'b (c)!*/", 10)).toEqual([
    { key, bytes: 4, version: expect.any(String) },
  ]);
});

test.each([
  ["https://s3.eu-central-1.amazonaws.com", {}, "eu-central-1"],
  ["s3-us-west-2.amazonaws.com", {}, "us-west-2"],
  ["https://s3.dualstack.us-gov-east-1.amazonaws.com", {}, "us-gov-east-1"],
  ["https://s3.eu-central-1.amazonaws.com", { AWS_REGION: "eu-west-3" }, "eu-west-3"],
  ["https://s3.amazonaws.com", {}, "us-east-1"],
  ["https://a0.r2.cloudflarestorage.com", {}, "auto"],
  ["https://s3.eu-central-1.amazonaws.com.store.lan", {}, "us-east-1"],
])("a request to %p with %p is signed for the region %p", async (endpoint, env, region) => {
  const { authorization } = await headersOf({ ...s3Keys, endpoint }, env);
  expect(authorization).toContain(`/${region}/s3/aws4_request`);
});

test("a session token is sent with the key that it came with, and with no other", async () => {
  const both = { S3_SESSION_TOKEN: "of-s3", AWS_SESSION_TOKEN: "of-aws" };
  const ofAws = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
  const ofS3 = { S3_ACCESS_KEY_ID: "c", S3_SECRET_ACCESS_KEY: "d" };
  const tokenOf = async (env: Record<string, string>, access: Partial<S3Access> = {}) =>
    (await headersOf(access, env))["x-amz-security-token"];
  expect(await tokenOf({ ...ofAws, ...both })).toBe("of-aws");
  expect(await tokenOf({ ...ofAws, ...ofS3, ...both })).toBe("of-s3");
  expect(await tokenOf({ ...ofS3, AWS_SESSION_TOKEN: "of-aws" })).toBeUndefined();
  expect(await tokenOf({ ...ofAws, ...both }, s3Keys)).toBeUndefined();
});

test("keys that no request can carry are refused at once, and shown nowhere", async () => {
  const odd = "hidden\nvalue";
  for (const name of ["accessKeyId", "secretAccessKey", "sessionToken", "region"] as const) {
    const opened = () => storeAt(1, { [name]: odd });
    expect(opened).toThrow(expect.objectContaining({ code: "archive_keys" }));
    expect(opened).not.toThrow("hidden");
  }
  using _fetch = spyOn(globalThis, "fetch").mockRejectedValue(
    new TypeError("Header 'x-amz-security-token' has invalid value: 'hidden'"),
  );
  for (const cause of await causesOf(storeAt(1))) {
    expect(Bun.inspect(cause)).not.toContain("hidden");
    expect(problemOf(cause).text).toBe("the store cannot be used");
  }
});

test("a disk that does not answer is not taken for the store", () => {
  const silence = new Failure("storage_unreadable", "Cannot use the data directory");
  expect(problemOf(silence)).toEqual({ code: "unusable", text: "Cannot use the data directory" });
});

test("what is not found is a missing object only where one was asked for", async () => {
  using server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: () => new Response("<h1>Nothing here</h1>", { status: 404 }),
  });
  const answers = callsOf(storeAt(server.port)).map((asked) =>
    asked.catch((cause: unknown) => problemOf(cause).code),
  );
  expect(await Promise.all(answers)).toEqual(["not_a_store", undefined, "not_a_store"]);
});

test("a file is sent whole, also where it is read before", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/rows.parquet`;
  const bytes = crypto.getRandomValues(new Uint8Array(64)).toHex().repeat(40_000);
  await Bun.write(path, bytes);
  for (const env of [{}, { HTTP_PROXY: "http://proxy.lan" }]) {
    using server = openS3Server();
    const access = { bucket: s3Bucket, ...s3Keys, endpoint: server.endpoint };
    const { signal } = new AbortController();
    await s3Requests(access, env)({ method: "PUT", key: "rows", content: { path }, signal });
    expect(new TextDecoder().decode(server.objects.get("rows"))).toBe(bytes);
  }
});

test("a list that breaks off again and again is read at once", async () => {
  const item = "<Contents><Key>a/b</Key><Size>1</Size>";
  using server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: () => new Response(`<ListBucketResult>${item}</Contents>${item.repeat(100_000)}`),
  });
  const begunMs = performance.now();
  expect(await storeAt(server.port).list("a/", 2)).toMatchObject([{ key: "a/b", bytes: 1 }, {}]);
  expect(performance.now() - begunMs).toBeLessThan(5000);
});

test("no page is asked for once the time for the whole list is up", async () => {
  const scheduler = new ManualScheduler();
  let askedCount = 0;
  using server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: () => {
      askedCount += 1;
      if (askedCount > 2) scheduler.advanceMs(9000);
      const token = `<NextContinuationToken>${askedCount}</NextContinuationToken>`;
      return new Response(
        `<ListBucketResult><IsTruncated>true</IsTruncated>${token}</ListBucketResult>`,
      );
    },
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const store = s3Store({ bucket: s3Bucket, prefix: "", ...s3Keys, endpoint }, scheduler);
  expect(await store.list("a/", 1000).catch(String)).toContain("it did not answer for 25 s");
  await Bun.sleep(50);
  expect(askedCount).toBe(5);
});

/** What a request is sent with, without being sent. */
async function headersOf(access: Partial<S3Access>, env: Record<string, string>) {
  using sent = spyOn(globalThis, "fetch").mockResolvedValue(new Response());
  const ask = s3Requests({ bucket: s3Bucket, ...access }, env);
  await ask({ method: "GET", key: "a", signal: new AbortController().signal });
  return sent.mock.calls[0]?.[1]?.headers as Record<string, string>;
}

function storeAt(port: number | undefined, access: Partial<S3Access> = {}) {
  const endpoint = `http://127.0.0.1:${port}`;
  return s3Store({ bucket: s3Bucket, prefix: "", ...s3Keys, endpoint, ...access });
}

function callsOf(store: ObjectStore) {
  return [store.put("a", new Uint8Array(8)), store.get("a", 8), store.list("a", 8)];
}

/** Each is caught from the start: what fails while another is awaited would be nobody's. */
const causesOf = (store: ObjectStore): Promise<unknown[]> =>
  Promise.all(callsOf(store).map((asked) => asked.catch((cause: unknown) => cause)));
