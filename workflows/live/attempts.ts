/** How often each step of a series that is followed is tried, whoever conducts it. */
export const LIVE_ATTEMPTS = {
  // The truth may be away for as long as it takes: what fails for good says so itself.
  openLive: Infinity,
  look: Infinity,
  answer: Infinity,
  // An index is asked again with the next candle, as a source is.
  show: 2,
} as const;

/** Steps for which a memory that is away is waited for as long as it takes. */
export const ENDLESS: readonly string[] = Object.entries(LIVE_ATTEMPTS)
  .filter(([, attempts]) => attempts === Infinity)
  .map(([name]) => name);
