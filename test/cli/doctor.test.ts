/** What a machine has for streaming, and what each lacks, in words and for programs. */
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { Value } from "@sinclair/typebox/value";
import { priorityCommand, runDoctor } from "../../src/cli/doctor.ts";
import { priorityToGet } from "../../src/machine/priority.ts";
import { DoctorFinding, doctorAreas, findingOf } from "../../src/model/doctor.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

test("everything that a stream needs is looked at, each with a word and a sentence", async () => {
  await using directory = await tempDirectory();
  const terminal = new TestTerminal();
  const code = await runDoctor(["--json", "--data-dir", directory.path], terminal);
  const findings: DoctorFinding[] = JSON.parse(terminal.stdout);
  for (const finding of findings) expect(Value.Check(DoctorFinding, finding)).toBe(true);
  expect([...new Set(findings.map(({ area }) => area))]).toEqual([...doctorAreas]);
  expect(findings.filter(({ area }) => area === "encoder")).toHaveLength(3);
  expect(code).toBe(findings.some(({ word }) => word === "poor") ? 1 : 0);
  expect(await readdir(directory.path)).toEqual([]);
}, 30_000);

test("a disk that cannot be written is poor, and the doctor ends with 1", async () => {
  const terminal = new TestTerminal();
  expect(await runDoctor(["--data-dir", "/proc/nowhere"], terminal)).toBe(1);
  expect(terminal.stdout).toMatch(/^DISK +poor +The data directory cannot be written/m);
}, 30_000);

test("who is started by a service manager of a user reads the right that this manager lacks", () => {
  expect(priorityCommand({})).toContain("/etc/security/limits.d");
  expect(priorityCommand({ MANAGERPID: "812" })).toContain("LimitRTPRIO=10");
});

test("the priority of the thread that tries is what it was", () => {
  const before = priorityToGet({ raise: () => false });
  expect(["realtime", "nice", "none"]).toContain(before);
  expect(priorityToGet({ raise: () => false })).toBe(before);
});

test("a finding says the next step with the values of this machine", () => {
  const { text } = findingOf("disk", "fair", { code: "disk_slow", values: { mb: 7 } });
  expect(text).toBe(
    "The data directory can be written at only 7 MB/s. Move it to another disk (--data-dir)",
  );
});
