import { convert } from '../clickhouse/convert.ts';
import { quoteString } from '../clickhouse/literal.ts';
import { fromTicks, ticksOf, ticksPer } from '../clickhouse/time.ts';
import { type Env, refuse } from '../plan/environment.ts';
import { constantString, type Value } from '../plan/value.ts';
import { ex, plain } from './build.ts';
import { formatDatetime, formatTimespan } from './time-format.ts';
import type { CallContext, Example, FunctionFamily, ScalarFunction } from './types.ts';

/** A subquery gives one instant to the whole statement; two calls of now64 could differ. */
export function nowSql(env: Env): string {
  return env.compilation.request.nowSql ?? "(SELECT now64(7,'UTC'))";
}

const day = String(ticksPer.day);

/** Start of the day of a datetime, in ticks. */
function dayStart(sql: string): string {
  return `(${ticksOf(sql)} - positiveModulo(${ticksOf(sql)},${day}))`;
}

/** Whole days since 1970 of a datetime. */
function dayNumber(sql: string): string {
  return `intDiv(${dayStart(sql)},${day})`;
}

/** Day of the week, Sunday 0; 1970-01-01 was a Thursday. */
function weekday(sql: string): string {
  return `positiveModulo(${dayNumber(sql)}+4,7)`;
}

function calendarTicks(year: string, month: string): string {
  return ticksOf(
    `toDateTime64(concat(leftPad(toString(${year}),4,'0'),'-',leftPad(toString(${month}),2,'0'),'-01 00:00:00'),7,'UTC')`,
  );
}

const year = (s: string) => `toInt64(toYear(${s}))`;
const month = (s: string) => `toInt64(toMonth(${s}))`;

/** Start of a unit that holds the datetime, moved by n units, in ticks. */
const unitStart: Readonly<Record<'day' | 'week' | 'month' | 'year', (sql: string, n: string) => string>> = {
  day: (s, n) => `${dayStart(s)} + (${n})*${day}`,
  week: (s, n) => `${dayStart(s)} - ${weekday(s)}*${day} + (${n})*7*${day}`,
  month: (s, n) =>
    calendarTicks(
      `(${year(s)}+intDiv(${month(s)}-1+(${n})-positiveModulo(${month(s)}-1+(${n}),12),12))`,
      `(positiveModulo(${month(s)}-1+(${n}),12)+1)`,
    ),
  year: (s, n) => calendarTicks(`(${year(s)}+(${n}))`, '1'),
};

function bound(unit: keyof typeof unitStart, end: boolean, examples: readonly Example[]): ScalarFunction {
  return {
    summary: `${end ? 'Last' : 'First'} instant of the ${unit}, moved by an offset.`,
    parameters: ['datetime', 'long'],
    optional: 1,
    nulls: 'propagate',
    sql: ([d, offset]) => {
      const n = offset?.sql ?? '0';
      const start = unitStart[unit](d?.sql ?? '', end ? `${n}+1` : n);
      return fromTicks(end ? `${start} - 1` : start);
    },
    examples,
  };
}

const partUnits = {
  year: year,
  quarter: (s) => `toInt64(toQuarter(${s}))`,
  month: month,
  week_of_year: (s) => `toInt64(toISOWeek(${s}))`,
  weekofyear: (s) => `toInt64(toISOWeek(${s}))`,
  day: (s) => `toInt64(toDayOfMonth(${s}))`,
  dayofyear: (s) => `toInt64(toDayOfYear(${s}))`,
  hour: (s) => `toInt64(toHour(${s}))`,
  minute: (s) => `toInt64(toMinute(${s}))`,
  second: (s) => `toInt64(toSecond(${s}))`,
  millisecond: (s) => `toInt64(intDiv(positiveModulo(${ticksOf(s)},10000000),10000))`,
  microsecond: (s) => `toInt64(intDiv(positiveModulo(${ticksOf(s)},10000000),10))`,
  nanosecond: (s) => `toInt64(positiveModulo(${ticksOf(s)},10000000)*100)`,
} as const satisfies Readonly<Record<string, (sql: string) => string>>;

function unitName(value: Value | undefined, call: CallContext): string {
  const name = value ? constantString(value)?.toLowerCase() : undefined;
  return name ?? refuse('KQL_NOT_CONSTANT', 'the date part must be a literal text', call.node);
}

function datetimePart([unit, date]: readonly Value[], call: CallContext): string {
  const name = unitName(unit, call);
  const part = Object.hasOwn(partUnits, name) ? partUnits[name as keyof typeof partUnits] : undefined;
  return part ? part(date?.sql ?? '') : refuse('KQL_ARGUMENT', `${name} is no date part`, call.node);
}

const fixedUnits: Readonly<Record<string, bigint>> = {
  week: ticksPer.day * 7n,
  day: ticksPer.day,
  hour: ticksPer.hour,
  minute: ticksPer.minute,
  second: ticksPer.second,
  millisecond: ticksPer.millisecond,
  microsecond: ticksPer.microsecond,
};

const calendarMonths: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

function datetimeAdd([unit, amount, date]: readonly Value[], call: CallContext): string {
  const name = unitName(unit, call);
  const [n, d] = [amount?.sql ?? '0', date?.sql ?? ''];
  const fixed = fixedUnits[name];
  if (fixed) return fromTicks(`${ticksOf(d)} + ${n}*${fixed}`);
  if (name === 'nanosecond') return fromTicks(`${ticksOf(d)} + intDiv(${n},100)`);
  const months = calendarMonths[name];
  if (!months) return refuse('KQL_ARGUMENT', `${name} is no date part`, call.node);
  const target = unitStart.month(d, `${n}*${months}`);
  const lastDay = `toInt64(toDayOfMonth(toLastDayOfMonth(toDate32(${fromTicks(target)}))))`;
  return fromTicks(
    `${target} + (least(toInt64(toDayOfMonth(${d})),${lastDay})-1)*${day} + positiveModulo(${ticksOf(d)},${day})`,
  );
}

function datetimeDiff([unit, left, right]: readonly Value[], call: CallContext): string {
  const name = unitName(unit, call);
  const [a, b] = [left?.sql ?? '', right?.sql ?? ''];
  if (name === 'year') return `(${year(a)} - ${year(b)})`;
  if (name === 'quarter')
    return `((${year(a)}*4+toInt64(toQuarter(${a}))) - (${year(b)}*4+toInt64(toQuarter(${b}))))`;
  if (name === 'month') return `((${year(a)}*12+${month(a)}) - (${year(b)}*12+${month(b)}))`;
  if (name === 'nanosecond') return `((${ticksOf(a)} - ${ticksOf(b)})*100)`;
  const size = fixedUnits[name];
  if (!size) return refuse('KQL_ARGUMENT', `${name} is no date part`, call.node);
  // Differences count the borders crossed; weeks begin on Sunday, and 1970-01-01 was a Thursday.
  const shift = name === 'week' ? ticksPer.day * 4n : 0n;
  const index = (s: string) =>
    `intDiv(${ticksOf(s)}+${shift}-positiveModulo(${ticksOf(s)}+${shift},${size}),${size})`;
  return `(${index(a)} - ${index(b)})`;
}

function makeDatetime(args: readonly Value[], call: CallContext): string {
  if (args.length !== 3 && args.length !== 5 && args.length !== 6) {
    return refuse('KQL_ARGUMENT', `make_datetime() does not take ${args.length} arguments`, call.node);
  }
  const [y, mo, d, h, mi] = args.slice(0, 5).map((a) => convert(a, 'long').sql);
  const seconds = args[5] ? convert(args[5], 'real').sql : '0';
  const padded = (s: string | undefined, n: number) => `leftPad(toString(${s ?? '0'}),${n},'0')`;
  const text = `concat(${padded(y, 4)},'-',${padded(mo, 2)},'-',${padded(d, 2)},' ',${padded(h, 2)},':',${padded(mi, 2)},':00')`;
  return `arrayMap(d->${fromTicks(`reinterpretAsInt64(d) + toInt64(round((${seconds})*10000000))`)},[parseDateTime64BestEffortOrNull(${text},7,'UTC')])[1]`;
}

function unixTime(factor: bigint, examples: readonly Example[]): ScalarFunction {
  return {
    summary: 'A datetime from a count of units since 1970.',
    parameters: ['number'],
    nulls: 'propagate',
    sql: ([n]) => fromTicks(n?.type === 'real' ? `${n.sql}*${factor}` : `${n?.sql}*${factor}`),
    examples,
  };
}

function span(value: Value): string {
  return convert(value, 'timespan').sql;
}

export const time = {
  now: {
    summary: 'The time at which the query runs, moved by an offset; in a transform the receive time.',
    parameters: ['timespan'],
    optional: 1,
    nulls: 'never',
    sql: ([offset], { env }) =>
      offset ? fromTicks(`${ticksOf(nowSql(env))} + ${span(offset)}`) : nowSql(env),
    examples: [ex('now() == now()', true), ex('now(1h) - now()', '01:00:00')],
  },
  ago: {
    summary: 'A time before now().',
    parameters: ['timespan'],
    nulls: 'propagate',
    sql: ([offset], { env }) => fromTicks(`${ticksOf(nowSql(env))} - ${span(offset as Value)}`),
    examples: [ex('now() - ago(1h)', '01:00:00')],
  },
  ingestion_time: {
    summary: 'The time at which the record was received.',
    parameters: [],
    nulls: 'always',
    sql: (_args, call) => {
      const received = call.env.row?.columns.get('_TimeReceived');
      if (call.env.compilation.request.nowSql) return nowSql(call.env);
      return (
        received ??
        refuse('KQL_UNSUPPORTED_FUNCTION', 'ingestion_time() needs the column _TimeReceived', call.node)
      );
    },
    examples: [],
  },
  startofday: bound('day', false, [
    ex('startofday(datetime(2017-01-01 10:10:17))', '2017-01-01T00:00:00Z'),
    ex('startofday(datetime(2017-01-01 10:10:17), -1)', '2016-12-31T00:00:00Z'),
  ]),
  startofweek: bound('week', false, [
    ex('startofweek(datetime(2017-01-01 10:10:17))', '2017-01-01T00:00:00Z'),
  ]),
  startofmonth: bound('month', false, [
    ex('startofmonth(datetime(2017-01-15 10:10:17), -1)', '2016-12-01T00:00:00Z'),
  ]),
  startofyear: bound('year', false, [
    ex('startofyear(datetime(2017-05-01 10:10:17))', '2017-01-01T00:00:00Z'),
  ]),
  endofday: bound('day', true, [
    ex('endofday(datetime(2017-01-01 10:10:17))', '2017-01-01T23:59:59.9999999Z'),
  ]),
  endofweek: bound('week', true, [
    ex('endofweek(datetime(2017-01-01 10:10:17))', '2017-01-07T23:59:59.9999999Z'),
  ]),
  endofmonth: bound('month', true, [
    ex('endofmonth(datetime(2017-02-01 10:10:17))', '2017-02-28T23:59:59.9999999Z'),
  ]),
  endofyear: bound('year', true, [
    ex('endofyear(datetime(2017-01-01 10:10:17))', '2017-12-31T23:59:59.9999999Z'),
  ]),
  dayofmonth: plain(
    'Day of the month, from 1.',
    ['datetime'],
    'propagate',
    (s) => `toInt32(toDayOfMonth(${s}))`,
    [ex('dayofmonth(datetime(2015-12-14))', 14)],
  ),
  dayofweek: plain(
    'Time since the Sunday before.',
    ['datetime'],
    'propagate',
    (s) => `toInt64(${weekday(s)}*${day})`,
    [ex('dayofweek(datetime(1970-05-11))', '1.00:00:00')],
  ),
  dayofyear: plain(
    'Day of the year, from 1.',
    ['datetime'],
    'propagate',
    (s) => `toInt32(toDayOfYear(${s}))`,
    [ex('dayofyear(datetime(2015-12-14))', 348)],
  ),
  getmonth: plain('Month, from 1.', ['datetime'], 'propagate', (s) => `toInt32(toMonth(${s}))`, [
    ex('getmonth(datetime(2015-10-12))', 10),
  ]),
  monthofyear: plain('Month, from 1.', ['datetime'], 'propagate', (s) => `toInt32(toMonth(${s}))`, [
    ex('monthofyear(datetime(2015-12-14))', 12),
  ]),
  getyear: plain('Year.', ['datetime'], 'propagate', (s) => `toInt32(toYear(${s}))`, [
    ex('getyear(datetime(2015-10-12))', 2015),
  ]),
  hourofday: plain('Hour, from 0.', ['datetime'], 'propagate', (s) => `toInt32(toHour(${s}))`, [
    ex('hourofday(datetime(2015-12-14 18:54))', 18),
  ]),
  week_of_year: plain(
    'Week of the year by ISO 8601.',
    ['datetime'],
    'propagate',
    (s) => `toInt64(toISOWeek(${s}))`,
    [ex('week_of_year(datetime(2020-12-31))', 53)],
  ),
  weekofyear: plain(
    'Week of the year by ISO 8601.',
    ['datetime'],
    'propagate',
    (s) => `toInt64(toISOWeek(${s}))`,
    [ex('weekofyear(datetime(2000-01-01))', 52)],
  ),
  datetime_part: {
    summary: 'A part of a datetime by name.',
    parameters: ['string', 'datetime'],
    nulls: 'propagate',
    sql: datetimePart,
    examples: [
      ex('datetime_part("hour", datetime(2017-10-30 01:02:03.4))', 1),
      ex('datetime_part("millisecond", datetime(2017-10-30 01:02:03.4))', 400),
    ],
  },
  datetime_add: {
    summary: 'Moves a datetime by calendar units.',
    parameters: ['string', 'long', 'datetime'],
    nulls: 'propagate',
    sql: datetimeAdd,
    examples: [
      ex('datetime_add("month", 1, datetime(2017-01-31))', '2017-02-28T00:00:00Z'),
      ex('datetime_add("day", -1, datetime(2017-01-01))', '2016-12-31T00:00:00Z'),
    ],
  },
  datetime_diff: {
    summary: 'Borders of calendar units between two datetimes.',
    parameters: ['string', 'datetime', 'datetime'],
    nulls: 'propagate',
    sql: datetimeDiff,
    examples: [
      ex('datetime_diff("year", datetime(2017-01-01), datetime(2000-12-31))', 17),
      ex('datetime_diff("day", datetime(2017-01-02 00:00), datetime(2017-01-01 23:59))', 1),
      ex('datetime_diff("week", datetime(2017-01-01), datetime(2016-12-31))', 1),
    ],
  },
  make_datetime: {
    summary: 'A datetime from its parts; null when they are no date.',
    parameters: ['long', 'long', 'long'],
    rest: 'number',
    nulls: 'always',
    sql: makeDatetime,
    examples: [
      ex('make_datetime(2017, 10, 1, 12, 10)', '2017-10-01T12:10:00Z'),
      ex('make_datetime(2017, 13, 1)', null),
    ],
  },
  make_timespan: {
    summary: 'A timespan from days, hours, minutes and seconds, or fewer of them.',
    parameters: ['number', 'number', 'number', 'number'],
    optional: 2,
    nulls: 'propagate',
    sql: (args, call) => {
      const parts = args.map((a) => a.sql);
      const [d, h, m, s] =
        parts.length === 4
          ? parts
          : parts.length === 3
            ? ['0', ...parts]
            : parts.length === 2
              ? ['0', ...parts, '0']
              : refuse('KQL_ARGUMENT', 'make_timespan() takes 2 to 4 arguments', call.node);
      return `toInt64(${d}*${ticksPer.day}+${h}*${ticksPer.hour}+${m}*${ticksPer.minute}+round((${s})*10000000))`;
    },
    examples: [ex('make_timespan(1, 12, 30, 55)', '1.12:30:55'), ex('make_timespan(1, 12)', '01:12:00')],
  },
  unixtime_seconds_todatetime: unixTime(ticksPer.second, [
    ex('unixtime_seconds_todatetime(1546300800)', '2019-01-01T00:00:00Z'),
  ]),
  unixtime_milliseconds_todatetime: unixTime(ticksPer.millisecond, [
    ex('unixtime_milliseconds_todatetime(1546300800000)', '2019-01-01T00:00:00Z'),
  ]),
  unixtime_microseconds_todatetime: unixTime(ticksPer.microsecond, [
    ex('unixtime_microseconds_todatetime(1546300800000000)', '2019-01-01T00:00:00Z'),
  ]),
  unixtime_nanoseconds_todatetime: {
    summary: 'A datetime from nanoseconds since 1970.',
    parameters: ['long'],
    nulls: 'propagate',
    sql: ([n]) => fromTicks(`intDiv(${n?.sql},100)`),
    examples: [ex('unixtime_nanoseconds_todatetime(1546300800000000000)', '2019-01-01T00:00:00Z')],
  },
  format_datetime: {
    summary: 'Text of a datetime by a pattern of y M d H h m s f F t.',
    parameters: ['datetime', 'string'],
    nulls: 'never',
    sql: ([d, f], call) => formatDatetime(d as Value, f as Value, call.node),
    examples: [
      ex('format_datetime(datetime(2017-01-29 09:00:05.12), "yy-MM-dd [HH:mm:ss]")', '17-01-29 [09:00:05]'),
      ex(
        'format_datetime(datetime(2017-01-29 19:00:05.12), "yyyy-M-dd h:mm:ss.fff tt")',
        '2017-1-29 7:00:05.120 PM',
      ),
    ],
  },
  format_timespan: {
    summary: 'Text of a timespan by a pattern of d H h m s f F.',
    parameters: ['timespan', 'string'],
    nulls: 'never',
    sql: ([t, f], call) => formatTimespan(t as Value, f as Value, call.node),
    examples: [ex('format_timespan(time(29.09:00:05.12345), "dd.hh:mm:ss [FF]")', '29.09:00:05 [12]')],
  },
  datetime_utc_to_local: {
    summary: 'Local time of a UTC datetime in a time zone.',
    parameters: ['datetime', 'string'],
    nulls: 'propagate',
    sql: ([d, zone], call) =>
      fromTicks(
        `${ticksOf(d?.sql ?? '')} + toInt64(timeZoneOffset(toTimeZone(${d?.sql},${zoneName(zone, call)})))*10000000`,
      ),
    examples: [
      ex('datetime_utc_to_local(datetime(2022-07-01 12:00), "Europe/Berlin")', '2022-07-01T14:00:00Z'),
    ],
  },
} satisfies FunctionFamily;

function zoneName(zone: Value | undefined, call: CallContext): string {
  const name = zone ? constantString(zone) : undefined;
  if (name === undefined)
    return refuse('KQL_NOT_CONSTANT', 'the time zone must be a literal text', call.node);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return refuse('KQL_ARGUMENT', `${name} is no time zone`, call.node);
  }
  return quoteString(name);
}
