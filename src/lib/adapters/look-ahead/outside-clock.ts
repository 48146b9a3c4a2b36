import buffer from "node:buffer";
import os from "node:os";
import type { EpochMs } from "../../time/units.ts";

/** Puts something else in the place of a property. */
export type Replace = (on: object, name: string, by: PropertyDescriptor) => void;
type Now = () => EpochMs;

/** Whatever tells the time tells what `now` says, also the start of the process and the time since. */
export function holdClocks(now: Now, replace: Replace): void {
  holdDates(now, replace);
  holdFiles(now, replace);
  holdFormats(now, replace);
  holdTemporal(now, replace);
  const performances = Object.getPrototypeOf(performance) as typeof performance;
  const { value: toJSON } = Object.getOwnPropertyDescriptor(performances, "toJSON") as {
    readonly value: (this: typeof performance) => object;
  };
  replace(performances, "now", { value: now });
  replace(performances, "timeOrigin", { get: now });
  replace(performances, "toJSON", {
    value: function (this: typeof performance): unknown {
      return { ...toJSON.call(this), timeOrigin: now() };
    },
  });
  const hrtime = (): [number, number] => [Math.floor(now() / 1000), 0];
  const bigint = (): bigint => BigInt(now()) * 1_000_000n;
  replace(process, "hrtime", { value: Object.assign(hrtime, { bigint }) });
  for (const on of [process, os]) replace(on, "uptime", { value: () => now() / 1000 });
}

function holdDates(now: Now, replace: Replace): void {
  const Native = Date;
  const held = new Proxy(Native, {
    apply: () => new Native(now()).toString(),
    construct: (target, args, as) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, as) as object,
  });
  replace(Native, "now", { value: now });
  replace(Native.prototype, "constructor", { value: held });
  replace(globalThis, "Date", { value: held });
}

/** A file that is made now was changed now. */
function holdFiles(now: Now, replace: Replace): void {
  const held = new Proxy(File, {
    construct: (target, [parts, name, options]: unknown[], as) => {
      const given = options as { readonly lastModified?: number } | undefined;
      const lastModified = given?.lastModified ?? now();
      return Reflect.construct(target, [parts, name, { ...given, lastModified }], as);
    },
  });
  replace(globalThis, "File", { value: held });
  replace(buffer, "File", { value: held });
}

/** Without a time a format shows the time of now. */
function holdFormats(now: Now, replace: Replace): void {
  const formats = Intl.DateTimeFormat.prototype;
  const format = Object.getOwnPropertyDescriptor(formats, "format")!;
  const { value: formatToParts } = Object.getOwnPropertyDescriptor(formats, "formatToParts") as {
    readonly value: (this: Intl.DateTimeFormat, date: Date | number) => Intl.DateTimeFormatPart[];
  };
  replace(formats, "format", {
    get(this: Intl.DateTimeFormat) {
      const bound = format.get!.call(this) as Intl.DateTimeFormat["format"];
      return (date?: Date | number) => bound(date ?? now());
    },
  });
  replace(formats, "formatToParts", {
    value: function (this: Intl.DateTimeFormat, date?: Date | number) {
      return formatToParts.call(this, date ?? now());
    },
  });
}

/** The part of `Temporal` that asks for now, where Node has it. */
interface TemporalLike {
  readonly Now: { timeZoneId(): string };
  readonly Instant: { fromEpochMilliseconds(at: EpochMs): { toZonedDateTimeISO(zone: unknown): ZonedLike } };
}
type ZonedLike = Record<"toPlainDateTime" | "toPlainDate" | "toPlainTime", () => unknown>;

function holdTemporal(now: Now, replace: Replace): void {
  const { Temporal } = globalThis as { Temporal?: TemporalLike };
  if (!Temporal) return;
  const { Now, Instant } = Temporal;
  const zoned = (zone: unknown = Now.timeZoneId()): ZonedLike =>
    Instant.fromEpochMilliseconds(now()).toZonedDateTimeISO(zone);
  replace(Now, "instant", { value: () => Instant.fromEpochMilliseconds(now()) });
  replace(Now, "zonedDateTimeISO", { value: zoned });
  replace(Now, "plainDateTimeISO", { value: (zone?: unknown) => zoned(zone).toPlainDateTime() });
  replace(Now, "plainDateISO", { value: (zone?: unknown) => zoned(zone).toPlainDate() });
  replace(Now, "plainTimeISO", { value: (zone?: unknown) => zoned(zone).toPlainTime() });
}
