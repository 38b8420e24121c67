/** NVIDIA's library, by one of our own making that answers as its header says; and where there is none. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Nvml } from "../../src/machine/nvml.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const hasCompiler = Bun.which("cc") !== null;

/** A card at 37 %, encoding at 12 %, 1 GB in use of 8, 61 degrees, 1,710 MHz, 220 W. */
const answers = `
typedef struct { unsigned gpu, memory; } Rates;
typedef struct { unsigned long long total, free, used; } Memory;
static int card;
int nvmlInit_v2(void) { return INIT; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) { *handle = &card; return index; }
int nvmlDeviceGetUtilizationRates(void *of, Rates *rates) { rates->gpu = 37; rates->memory = 9; return of != &card; }
int nvmlDeviceGetEncoderUtilization(void *of, unsigned *share, unsigned *period) { *share = 12; *period = 1; return ENCODER; }
int nvmlDeviceGetMemoryInfo(void *of, Memory *memory) { memory->total = 8ull << 30; memory->free = 7ull << 30; memory->used = 1ull << 30; return 0; }
int nvmlDeviceGetTemperature(void *of, int sensor, unsigned *celsius) { *celsius = 61; return sensor; }
int nvmlDeviceGetClockInfo(void *of, int clock, unsigned *mhz) { *mhz = 1710; return clock; }
int nvmlDeviceGetEnforcedPowerLimit(void *of, unsigned *milliwatts) { *milliwatts = 220000; return 0; }
`;

async function makeLibrary(directory: string, { init = 0, encoder = 0 } = {}): Promise<string> {
  const [source, library] = [join(directory, "a.c"), join(directory, `a${init}${encoder}.so`)];
  await Bun.write(source, answers);
  const flags = [`-DINIT=${init}`, `-DENCODER=${encoder}`, "-shared", "-fPIC"];
  const child = Bun.spawn(["cc", ...flags, "-o", library, source], { stderr: "pipe" });
  expect(await child.stderr.text()).toBe("");
  expect(await child.exited).toBe(0);
  return library;
}

test("a machine without the library has no such figures", () => {
  expect(Nvml.open("libnvidia-ml-of-nobody.so.1")).toBeUndefined();
});

test.skipIf(!hasCompiler)("the card's figures are those that the library tells", async () => {
  await using directory = await tempDirectory();
  using nvml = Nvml.open(await makeLibrary(directory.path));
  expect(nvml?.read()).toEqual({
    ...{ busyShare: 0.37, encoderShare: 0.12, memoryBytes: 2 ** 30, celsius: 61 },
    ...{ mhz: 1710, powerLimitWatts: 220 },
  });
});

test.skipIf(!hasCompiler)("a figure that the card does not offer is left out, not 0", async () => {
  await using directory = await tempDirectory();
  using nvml = Nvml.open(await makeLibrary(directory.path, { encoder: 3 }));
  expect(nvml?.read()).toMatchObject({ busyShare: 0.37, encoderShare: undefined });
});

test.skipIf(!hasCompiler)("a library that refuses is no library", async () => {
  await using directory = await tempDirectory();
  expect(Nvml.open(await makeLibrary(directory.path, { init: 9 }))).toBeUndefined();
});
