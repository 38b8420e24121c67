/** The ports of the GameStream path: fixed offsets from the HTTP port. */

/** Offsets reach from 5 below the base to 21 above. */
export const basePortMin = 1029;
export const basePortMax = 65_514;
export const basePortDefault = 47_989;

export type Ports = {
  readonly http: number;
  readonly https: number;
  readonly rtsp: number;
  readonly video: number;
  readonly control: number;
  readonly audio: number;
};

export function portsFrom(base: number): Ports {
  return {
    http: base,
    https: base - 5,
    rtsp: base + 21,
    video: base + 9,
    control: base + 10,
    audio: base + 11,
  };
}
