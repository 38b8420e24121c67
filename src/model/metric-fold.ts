/** The unit of a metric, and how its values of several windows are combined. */

/** `us` microseconds, shown to people in milliseconds; `count` of one window; `percent` 0 to 100. */
export type MetricUnit = "fps" | "mbps" | "kbps" | "us" | "count" | "percent";

/**
 * How the values of several windows become one. A percentile of windows is either the worst of them
 * (`max`) or the mean of their medians (`window_mean`); rates are weighted by the length of their
 * windows (`time_mean`), means of frames by the number of frames (`frame_mean`). A `sum` in which some
 * windows were not measured is a lower bound.
 */
export type Fold = "sum" | "last" | "min" | "max" | "time_mean" | "frame_mean" | "window_mean";
