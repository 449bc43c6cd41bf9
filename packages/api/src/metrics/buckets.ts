/** Seconds. Upper bounds of the histograms' buckets; each adds one series per label, so they are few. */

/** How long people take: 1 s to 48 h. */
export const PEOPLE = [1, 5, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800];

/** How long a dispatch takes: 0.05 s to 5 min. */
export const DISPATCH = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** How long this program takes: 1 ms to 5 s. */
export const PROCESSING = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
