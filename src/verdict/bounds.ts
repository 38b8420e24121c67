/** Every bound that a verdict rests on, with its reason. */

/** The usual of a part is its median over this long before a frame: long enough for 600 frames, short enough to follow a changed setting. */
export const usualSpanUs = 10_000_000;
/** With fewer new frames than this there are no usual values yet, and nothing is judged. */
export const usualCountMin = 20;
/** A part that takes this much more than usual, and this share of it, is no longer like the others. */
export const excessUsMin = 300;
export const excessShareMin = 0.15;
/** Start of source, encoder and connection: late frames here are not a stutter. */
export const settlingUs = 500_000;
/** A browser is on its way for less, from asking for a stream to its first frame. */
export const nobodyUsMax = 3_000_000;
/** Good slots between two bad ones of the same episode: a short queue drains within them. */
export const episodeGapUs = 100_000;
/** Episodes listed one by one; more would not be looked at. */
export const episodeCountMax = 200;
/** A cause below this share is noise compared with the others. */
export const causeShareMin = 0.02;
/** A smaller share of the lost time is not worth a change. */
export const stepShareMin = 0.1;
/** A question that could turn the answer weighs at least this. */
export const questionShareMin = 0.2;
/** A share of a time that makes one explanation the main one. */
export const mainShare = 0.5;

/**
 * A sample this late belongs to an earlier time; a host with enough cores is a few milliseconds
 * late.
 */
export const stampedLateMsMin = 50;

/** Share of slots that are not in time, by frame rate: below 45 fps each one is seen for longer. */
export function qualityBounds(fps: number): { readonly smooth: number; readonly stutter: number } {
  return fps < 45 ? { smooth: 0.007, stutter: 0.035 } : { smooth: 0.01, stutter: 0.05 };
}
/** Share of the time in freezes: one of 300 ms in a minute is seen, three make a bad minute. */
export const frozenShareSmooth = 0.004;
export const frozenShareStutter = 0.03;

/** METRICS.md: a freeze is an interval of at least three averages and of the average and 150 ms. */
export const freezeAverages = 3;
export const freezeBeyondUs = 150_000;
/** Freezes are measured against the average of this many new frames before. */
export const freezeFrameCount = 30;

/**
 * A source moves if it provides this many new pictures per second, evenly: typing on a desktop does
 * neither.
 */
export const movingFpsMin = 5;
export const movingSpanUs = 2_000_000;
/** Of pictures in that span: no display shows more. */
export const movingCountMax = 500;
export const movingCvMax = 0.6;
/** A film's rate for a second is neither typing nor a twitching pointer, however uneven it is. */
export const movingUsMin = 1_000_000;
/** A source moves for this share of the ten seconds before and after, the stretch in question left out. */
export const sustainedShareMin = 0.85;
/**
 * A hesitation is this much shorter than the freeze next to it; pauses of a scrolling person are
 * similar.
 */
export const hesitationShareMax = 0.25;
/**
 * After this long without anything new a frozen program cannot be distinguished from a finished
 * one.
 */
export const stillUsMax = 10_000_000;
/**
 * Two seconds in which players acted without anything new: a password that is not shown is typed faster,
 * and a pointer that is drawn moves at once. Fewer inputs than this may be keys that do nothing.
 */
export const unansweredUsMin = 2_000_000;
export const unansweredCountMin = 8;
/** Films are made at 24 pictures a second: slower than this is seen as stutter, however even. */
export const filmFps = 23.5;
/** An even, slower source weighs this much of a late frame: it is seen, but nothing is wrong. */
export const evenRepeatWeight = 0.1;
/** A source this close to the stream's rate keeps up with it. */
export const rateShareMin = 0.97;

/**
 * Intervals that vary by this share of their mean look uneven; 24 pictures in 60 slots vary by a
 * fifth.
 */
export const unevenCvMin = 0.3;
/** If shown this much more unevenly than at the source, they became so on the way. */
export const unevenGrowth = 1.5;

/**
 * Key frames are few; if more than this share of the bad frames are key frames or follow one, those
 * are the cause.
 */
export const keyShareMin = 0.8;
/** A stream of many key frames has no other frames to compare with. */
export const keyShareOfAllMax = 0.25;

/** Round trips that grow by this much show that a queue fills on the way. */
export const rttGrowthUs = 20_000;
export const rttGrowthShare = 1.5;

/** A link that only jitters lets one frame in ten through at once; a standing queue none. */
export const queueQuantile = 0.1;
export const standingUsMin = 8000;
/**
 * A frame that waited for the same moment as the previous one arrives within less than this share
 * of the time between them.
 */
export const spreadShareMin = 0.3;

/**
 * Main thread and send thread late by this much at the same time: shorter pauses are individual.
 */
export const togetherUsMin = 30_000;
/** Threads that waited for a core for this share of it were not stopped. */
export const togetherWaitShareMax = 0.7;
/** A frame delayed by this share of the longest stop of its window was delayed by that stop. */
export const stopShareMin = 0.4;
/**
 * An encode thread that waits for a core this much of its time is short of one, and so are the
 * encoder's others.
 */
export const waitShareMin = 0.25;
/** From a smaller share of all cores their number does not follow. */
export const ownShareMin = 0.05;
/**
 * An encode that takes this much longer, and this many times its usual, shows in the core time of
 * the process: windows of calm streams differ by less.
 */
export const idleExcessUsMin = 30_000;
export const idleGrowth = 3;
/** Lost packets worth reporting even if parity repaired all of them. */
export const lossShareMin = 0.005;
/** At least this many lost packets show a pattern. */
export const lossCountMin = 30;
/** Clustered losses: their variance is this much higher than that of independent ones. */
export const burstDispersion = 3;
/**
 * If this share of all losses is in key frames and right after them, those frames are the cause.
 */
export const keyLossShareMin = 0.6;
/**
 * If this share of the lost packets was before the first one that arrived: of eight lost
 * independently one in eight is.
 */
export const headLossShareMin = 0.6;
export const headSentMin = 8;
/** A player that reports a stop of this length did not just answer late. */
export const playerPauseUsMin = 100_000;
/**
 * Of its wait for a core: both are measured independently, and differ by less if one is the other.
 */
export const playerPauseShareMin = 0.25;

/** A page whose timers run late for this share of the time is too busy for every picture. */
export const pageLateShareMin = 0.2;
/** The timers of an idle page run late for less of the time. */
export const pageOnTimeShareMax = 0.05;

/** Busy share of all cores, and share of the time in which something waited for one, of a busy machine. */
export const busyShareMin = 0.9;
export const pressureShareMin = 0.1;
/** Other programs with a third of all cores of a busy machine are what it is busy with. */
export const othersShareMin = 0.33;
/** A clock this far below its maximum, while the cores throttle, shows a hot machine. */
export const throttledClockShare = 0.7;

/** A bitrate this far below the requested one is limited by the link. */
export const followedShareMax = 0.9;
/**
 * This much loss at a bitrate already lowered to the link is not due to a full link: that would
 * lose a hundredth, or nothing.
 */
export const reducedLossShareMin = 0.05;

/** Bits a pixel below which H.264 shows blocks in moving pictures; the stream must have used them all. */
export const bitsPerPixelMin = 0.015;
export const bitrateUsedShare = 0.85;
/** A rate of frames this far below what was asked for was lowered: the ladder halves it. */
export const loweredRateMax = 0.6;
/** Percent: below the first, blocks are plainly visible; at the other one nothing is missed. */
export const pictureQualityMin = 25;
export const pictureQualityGood = 45;

/** A rhythm needs this many episodes: three periods between them. */
export const rhythmCountMin = 4;
/** Episodes on the grid, grid points with an episode, and the spread as a share of the period. */
export const rhythmOnGridMin = 0.7;
export const rhythmFilledMin = 0.7;
export const rhythmSpreadMax = 0.06;
/** The spread that each start beyond two allows: of five at random one time in fifty makes a rhythm, instead of one in fifteen. */
export const rhythmSpreadEach = 0.01;
/** With more bad slots than this between the first and the last episode no rhythm can be seen. */
export const rhythmBadShareMax = 0.5;
/** Shorter ones are the frame rate's own doing. */
export const rhythmPeriodUsMin = 500_000;

/** Clients of wireless networks look for others at such intervals. */
export const wirelessScanUs = { least: 10_000_000, most: 120_000_000 } as const;
/** A timer keeps its period this precisely. */
export const minuteTimerShare = 0.01;

/**
 * A cause began with a change if this much of it follows, this soon, and the stream ran before it.
 */
export const changeShareMin = 0.9;
export const changeBehindMsMax = 5000;
export const changeBeforeMsMin = 1000;

/** The tail of the distribution, and the frames without which it says nothing. */
export const tailShare = 0.01;
export const partsCountMin = 100;
/**
 * A part that cannot sustain the mode makes this many frames of a stretch slow, or leaves this much
 * of it without any.
 */
export const sustainedUs = 10_000_000;
export const slowShareMin = 0.02;
export const heldShareMin = 0.75;
/** An encoder whose usual frame takes this share of its interval has no room for one that takes longer. */
export const fullEncodeShareMin = 0.75;
/** Freezes that are listed; all are counted. */
export const freezeCountMax = 200;
