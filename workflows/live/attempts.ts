import { RETRY } from "../retry.ts";

/** How often each step of a series that is followed is tried, whoever conducts it. */
export const LIVE_ATTEMPTS = {
  openLive: RETRY.maximumAttempts,
  // The truth may be away for as long as it takes: what fails for good says so itself.
  look: Infinity,
  answer: Infinity,
  // An index is asked again with the next candle, as a source is.
  show: 2,
} as const;
