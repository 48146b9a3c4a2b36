import { epochDay, weekdayOf, type EpochDay } from "./civil.ts";

/**
 * Closed days and early closes of the New York Stock Exchange, by rule (NYSE Rule 7.2 and its forerunners), from
 * 1972 on. Saturdays and Sundays are closed anyway and not listed.
 */

const [MON, THU, FRI, SAT, SUN] = [0, 3, 4, 5, 6];

/** The n-th given weekday of a month. */
function nth(year: number, month: number, weekday: number, n: number): EpochDay {
  const first = epochDay(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1);
}

/** The last Monday of May. */
function memorialDay(year: number): EpochDay {
  const last = epochDay(year, 5, 31);
  return last - weekdayOf(last);
}

/** Easter Sunday, anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, 1991, ch. 8). */
function easter(year: number): EpochDay {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return epochDay(year, Math.floor(n / 31), (n % 31) + 1);
}

/** A holiday on a Saturday is kept on Friday, one on a Sunday on Monday. */
function observed(day: EpochDay): EpochDay {
  const weekday = weekdayOf(day);
  return weekday === SAT ? day - 1 : weekday === SUN ? day + 1 : day;
}

/** Days of mourning, storms and attacks. */
const SPECIAL_CLOSURES: readonly string[] = [
  "1972-12-28",
  "1973-01-25",
  "1977-07-14",
  "1985-09-27",
  "1994-04-27",
  "2001-09-11",
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11",
  "2007-01-02",
  "2012-10-29",
  "2012-10-30",
  "2018-12-05",
  "2025-01-09",
];

/** Good Friday. */
export function goodFriday(year: number): EpochDay {
  return easter(year) - 2;
}

/** The fourth Thursday of November. */
export function thanksgiving(year: number): EpochDay {
  return nth(year, 11, THU, 4);
}

type DaysOfYear = (year: number) => ReadonlySet<EpochDay>;

/** Each year is made once. */
function remembered(make: DaysOfYear): DaysOfYear {
  const years = new Map<number, ReadonlySet<EpochDay>>();
  return (year) => {
    let days = years.get(year);
    if (!days) years.set(year, (days = make(year)));
    return days;
  };
}

/** The regular holidays of a year, on the weekdays on which the exchange keeps them. */
export const holidays: DaysOfYear = remembered((year) => {
  const newYear = epochDay(year, 1, 1);
  const days = [
    nth(year, 2, MON, 3), // Washington's Birthday
    goodFriday(year),
    memorialDay(year),
    observed(epochDay(year, 7, 4)),
    nth(year, 9, MON, 1), // Labor Day
    thanksgiving(year),
    observed(epochDay(year, 12, 25)),
  ];
  // A New Year's Day on a Saturday is not kept: the Friday before ends the accounting year.
  if (weekdayOf(newYear) !== SAT) days.push(observed(newYear));
  if (year >= 1998) days.push(nth(year, 1, MON, 3)); // Martin Luther King Jr. Day
  if (year >= 2022) days.push(observed(epochDay(year, 6, 19))); // Juneteenth
  return new Set(days);
});

/** All weekdays of a year on which the exchange stays closed. */
export const closedDays: DaysOfYear = remembered((year) => {
  const days = new Set(holidays(year));
  if (year <= 1980 && year % 4 === 0) days.add(nth(year, 11, MON, 1) + 1); // presidential election days
  for (const text of SPECIAL_CLOSURES) {
    const [y, m, d] = text.split("-").map(Number);
    if (y === year) days.add(epochDay(y, m!, d!));
  }
  return days;
});

/**
 * Sessions that end at 13:00: the day after Thanksgiving, 24 December, and the eve of Independence Day. Before
 * 2013 the eve of a Thursday 4 July was a whole day and the Friday after it a half one.
 */
export const earlyCloses: DaysOfYear = remembered((year) => {
  const days = [thanksgiving(year) + 1];
  const christmasEve = epochDay(year, 12, 24);
  if (weekdayOf(christmasEve) < FRI) days.push(christmasEve);
  const fourth = epochDay(year, 7, 4);
  const weekday = weekdayOf(fourth);
  if (weekday === THU && year < 2013) days.push(fourth + 1);
  else if (weekday >= 1 && weekday <= FRI) days.push(fourth - 1);
  if (year === 1999) days.push(epochDay(1999, 12, 31));
  if (year === 2003) days.push(epochDay(2003, 12, 26));
  return new Set(days);
});
