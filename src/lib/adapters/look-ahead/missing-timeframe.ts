const TIMEFRAME = /^\d+(m|h|d|w|mo)$/;

/**
 * Notes which timeframes a function looks for in vain; what is given stays a plain object, and can be cloned.
 * @returns what to say where it then throws
 */
export function watchTimeframes(given: object): (error: unknown) => string {
  const missing = new Set<string>();
  const names = Object.keys(given);
  const watched = new Proxy(Object.prototype, {
    get: (target, name, receiver) => {
      if (typeof name === "string" && TIMEFRAME.test(name)) missing.add(name);
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  Object.setPrototypeOf(given, watched);
  return (error) =>
    missing.size > 0 && error instanceof TypeError
      ? `; it looked for ${[...missing].join(", ")} and was given ${names.join(", ")}: --timeframes gives more`
      : "";
}
