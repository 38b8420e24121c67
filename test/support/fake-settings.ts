/** Settings without a disk. */
import { Failure } from "../../src/base/failure.ts";
import { faultOf, type Settings, settingsDefault } from "../../src/model/settings.ts";
import type { OperatorSettings } from "../../src/ports/settings.ts";
import type { Asked } from "./fake-host.ts";

export function fakeSettings(asked: Asked): OperatorSettings {
  let current: Settings = settingsDefault;
  return {
    current: () => current,
    change: (change, actor) => {
      const next = { ...current, ...change, revision: current.revision + 1 };
      const fault = faultOf(next);
      if (fault !== undefined) return Promise.reject(new Failure("out_of_range", fault));
      asked.push(["settings", actor]);
      current = next;
      return Promise.resolve(current);
    },
  };
}
