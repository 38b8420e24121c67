/**
 * A capture file is checked value by value. A single invalid number is replaced by the nearest
 * valid one, or removed, and the sample lists it as `unmeasured`. A head without subject or time of
 * the recording is damage.
 */

import { type TSchema, Type } from "@sinclair/typebox";
import { cutText } from "../base/cut-text.ts";
import {
  type Capture,
  CaptureMeta,
  CaptureSession,
  StageTiming,
  StatsSample,
} from "../model/capture.ts";
import { type ShapeCheck, shapeCheck } from "../model/shape-check.ts";

/** Ten days: no capture is longer. */
const timeMsMax = 864_000_000;
const sessionCountMax = 500;
const stageCountMax = 16;
const nameCountMax = 64;
const nameLengthMax = 64;
const textLengthMax = 256;

/** The parts of a file that could not be used unchanged. */
export type Faults = { count: number; first: string | undefined };

type Members = Readonly<Record<string, unknown>>;

/** @throws Error with the location of the defect */
export function readMeta(value: unknown): CaptureMeta {
  const meta: Record<string, unknown> = { ...membersOf(value, "meta") };
  const faults = noFaults();
  delete meta.mended;
  for (const field of metaFields) {
    if (mendHeadField(meta, field)) continue;
    if (field.isOptional && !field.check.Check(meta[field.name])) delete meta[field.name];
    fault(faults, `meta/${field.name}`);
  }
  if (!isMeta.Check(meta)) {
    const found = isMeta.Errors(meta).First();
    throw new Error(`meta${found?.path}: ${found?.message}`);
  }
  return { ...meta, ...mendedCount(faults) };
}

/** @throws Error with the location of the defect. `meta.mended` counts the corrections. */
export function readCapture(value: unknown): { capture: Capture; faults: Faults } {
  const { meta, samples } = membersOf(value, "the file");
  const head = readMeta(meta);
  if (!Array.isArray(samples)) throw new Error("/samples: Expected array");
  const faults = noFaults();
  faults.count = head.mended ?? 0;
  const kept: StatsSample[] = [];
  const sessions = new Set<number>();
  for (const [index, sample] of samples.entries()) {
    const read = isSound(sample) ? sample : mendSample(sample, { faults, at: `samples/${index}` });
    if (read === undefined) continue;
    if (!sessions.has(read.session_id) && sessions.size >= sessionCountMax) {
      fault(faults, `samples/${index}/session_id`);
      continue;
    }
    sessions.add(read.session_id);
    kept.push(read);
  }
  return { capture: { meta: { ...head, ...mendedCount(faults) }, samples: kept }, faults };
}

type Field = {
  readonly name: string;
  readonly isOptional: boolean;
  readonly schema: TSchema;
  readonly check: ShapeCheck<TSchema>;
};

const isMeta = shapeCheck(CaptureMeta);
const isSession = shapeCheck(CaptureSession);
const isSample = shapeCheck(StatsSample);
const isStage = shapeCheck(StageTiming);
const isNames = shapeCheck(
  Type.Array(Type.String({ maxLength: nameLengthMax }), { maxItems: nameCountMax }),
);
const metaFields = fieldsOf(CaptureMeta);
/** Those that `unmeasured` can name. */
const sampleFields = fieldsOf(StatsSample).filter(
  ({ name }) => !["t_ms", "session_id", "stages", "unmeasured", "lower_bounds"].includes(name),
);
const stageFields = fieldsOf(StageTiming).filter(({ isOptional }) => isOptional);

function fieldsOf(shape: { properties: Record<string, TSchema>; required?: string[] }): Field[] {
  return Object.entries(shape.properties).map(([name, schema]) => ({
    name,
    isOptional: shape.required?.includes(name) !== true,
    schema,
    check: shapeCheck(schema),
  }));
}

/** @returns false when the value was invalid. */
function mendHeadField(meta: Record<string, unknown>, { name, schema, check }: Field): boolean {
  const value = meta[name];
  if (value === undefined) return true;
  if (typeof value === "string" && schema.type === "string") {
    meta[name] = cutText(value, textLengthMax);
    return true;
  }
  if (name === "sessions" && Array.isArray(value)) {
    const sound = value.filter((one) => isSession.Check(one)).slice(0, sessionCountMax);
    meta[name] = sound.map((one) => ({ ...one, client: cutText(one.client, textLengthMax) }));
    return sound.length === value.length;
  }
  if (check.Check(value) && isBounded(value)) return true;
  const nearest = value === null ? 0 : nearestOf(schema, value);
  if (nearest !== undefined) meta[name] = nearest;
  return false;
}

/** The usual case, and quick: 5,400 samples take some 5 ms. */
function isSound(value: unknown): value is StatsSample {
  if (!isSample.Check(value)) return false;
  if (value.t_ms > timeMsMax || value.stages.length > stageCountMax) return false;
  for (const name in value) if (!isBounded(value[name as keyof StatsSample])) return false;
  return value.stages.every(isSoundStage);
}

function isSoundStage(stage: StageTiming): boolean {
  if (stage.name.length > nameLengthMax) return false;
  return [stage.p50_us, stage.p99_us, stage.mean_us, stage.max_us].every(isBounded);
}

/** Larger numbers are exact no more, and their sums are none. */
function isBounded(value: unknown): boolean {
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return !Array.isArray(value) || value.length <= nameCountMax;
}

type Place = { readonly faults: Faults; readonly at: string };

/** @returns `undefined` if it cannot be assigned to a time and a session */
function mendSample(value: unknown, { faults, at }: Place): StatsSample | undefined {
  const members = typeof value === "object" && value !== null ? (value as Members) : {};
  const [t_ms, session_id] = [wholeOf(members.t_ms), wholeOf(members.session_id)];
  if (t_ms === undefined || session_id === undefined || t_ms > timeMsMax) {
    fault(faults, at);
    return undefined;
  }
  const unmeasured = new Set(isNames.Check(members.unmeasured) ? members.unmeasured : []);
  const lost = (name: string) => {
    unmeasured.add(name);
    fault(faults, `${at}/${name}`);
  };
  const sample: Record<string, unknown> = { ...members, t_ms, session_id };
  for (const field of sampleFields) if (!mendField(sample, field)) lost(field.name);
  sample.stages = mendStages(members.stages, lost);
  if (!isNames.Check(members.lower_bounds)) delete sample.lower_bounds;
  sample.unmeasured = [...unmeasured];
  if (unmeasured.size === 0) delete sample.unmeasured;
  if (isSample.Check(sample)) return sample;
  fault(faults, at);
  return undefined;
}

/** @returns false when the value was invalid. */
function mendField(
  members: Record<string, unknown>,
  { name, isOptional, schema, check }: Field,
): boolean {
  const value = members[name];
  if (value === undefined && isOptional) return true;
  if (check.Check(value) && isBounded(value)) return true;
  const nearest = nearestOf(schema, value) ?? (isOptional ? undefined : 0);
  if (nearest === undefined) delete members[name];
  else members[name] = nearest;
  return false;
}

/** A stage without its percentiles says nothing: it is left out. */
function mendStages(value: unknown, lost: (name: string) => void): StageTiming[] {
  if (!Array.isArray(value)) {
    lost("stages");
    return [];
  }
  const stages: StageTiming[] = [];
  for (const one of value.slice(0, stageCountMax)) {
    const stage: Record<string, unknown> = { ...one };
    const isWhole = stageFields.every((field) => mendField(stage, field));
    if (isStage.Check(stage) && isSoundStage(stage)) stages.push(stage);
    if (!isWhole || stages.at(-1) !== stage) lost("stages");
  }
  return stages;
}

/** The nearest valid number of the field; `undefined` if there was no number. */
function nearestOf({ type, minimum, maximum }: TSchema, value: unknown): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const most = Math.min(maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  // A value beyond that is not a rounded measurement, but nonsense.
  if (value > most) return undefined;
  const bounded = Math.max(minimum ?? 0, value);
  return type === "integer" ? Math.round(bounded) : bounded;
}

function wholeOf(value: unknown): number | undefined {
  if (typeof value !== "number" || !(value >= 0)) return undefined;
  const whole = Math.round(value);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

function membersOf(value: unknown, what: string): Members {
  // Neither null nor a list, so its members have names.
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw new Error(`${what} is not an object`);
}

function noFaults(): Faults {
  return { count: 0, first: undefined };
}

function fault(faults: Faults, place: string): void {
  faults.count += 1;
  faults.first ??= place;
}

function mendedCount({ count }: Faults): { mended?: number } {
  return count === 0 ? {} : { mended: count };
}
