/** The value axis: from zero to the first round number above what is drawn, in round steps. Pure. */
import type { Plan } from "./plan.ts";

export type Scale = { readonly max: number; readonly tickAmount: number };

const roundSteps = [1, 2, 2.5, 5, 10];

/** No finer than in whole numbers: nothing that is drawn is of interest below. */
export function scaleOf({ lines }: Plan, tickCountMax: number): Scale {
  let top = 1;
  for (const { drawn } of lines) for (const value of drawn) top = Math.max(top, value ?? 0);
  const roughStep = top / tickCountMax;
  const power = 10 ** Math.floor(Math.log10(roughStep));
  const factor = roundSteps.find((round) => round * power >= roughStep * (1 - 1e-9)) ?? 10;
  const step = Math.max(1, Math.ceil(factor * power));
  const tickAmount = Math.ceil(top / step - 1e-9);
  return { max: tickAmount * step, tickAmount };
}
