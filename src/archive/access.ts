/**
 * Where an archive is: `s3://bucket/prefix` or a directory. Access keys come from the environment
 * or from a file that only its owner can read; they are in no name, error or log.
 */
import { resolve } from "node:path";
import { Failure } from "../base/failure.ts";
import { opennessOf } from "../base/private-file.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { directoryStore } from "./directory-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { s3Store } from "./s3-store.ts";

const names = {
  access_key_id: "accessKeyId",
  secret_access_key: "secretAccessKey",
  session_token: "sessionToken",
  endpoint: "endpoint",
  region: "region",
} as const;

/** @param keysFile lines such as `access_key_id=…`. @throws Failure `archive_keys` */
export async function openStore(
  target: string,
  keysFile: string | undefined,
): Promise<ObjectStore> {
  const found = /^s3:\/\/([^/]+)\/?(.*)$/.exec(target);
  if (found === null) return directoryStore(resolve(target));
  const [, bucket = "", path = ""] = found;
  const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  return s3Store({ bucket, prefix, ...(keysFile === undefined ? {} : await readKeys(keysFile)) });
}

async function readKeys(path: string): Promise<Record<string, string>> {
  const openness = await opennessOf(path);
  if (openness !== undefined) throw fault(path, openness);
  const content = await readFileIfAny(path);
  if (content === undefined) throw fault(path, "it is missing");
  const keys: Record<string, string> = {};
  for (const [index, line] of content.split("\n").entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const [, name = "", value = ""] = /^(\w+)\s*=\s*(.+)$/.exec(text) ?? [];
    const known = Object.entries(names).find(([one]) => one === name)?.[1];
    // The line is not repeated: it may be a secret.
    if (known === undefined) {
      throw fault(path, `line ${index + 1} is none of ${Object.keys(names).join(", ")}`);
    }
    keys[known] = value;
  }
  return keys;
}

function fault(path: string, reason: string): Failure {
  return new Failure("archive_keys", `Cannot use the keys in "${path}": ${reason}`);
}
