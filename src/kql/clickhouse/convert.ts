import type { KqlType } from '../api.ts';
import { KqlRefusal, type Span } from '../errors.ts';
import { computed, nullValue, type Value } from '../plan/value.ts';
import { dynamicText, jsonString } from './dynamic.ts';
import { quoteString } from './literal.ts';
import { realText } from './number.ts';
import { datetimeText, timespanFromText, timespanText } from './time.ts';

const textOf: Readonly<Record<Exclude<KqlType, 'string' | 'dynamic'>, (sql: string) => string>> = {
  bool: (sql) => `if(${sql},'true','false')`,
  int: (sql) => `toString(${sql})`,
  long: (sql) => `toString(${sql})`,
  real: realText,
  decimal: (sql) => `toString(${sql})`,
  datetime: datetimeText,
  timespan: timespanText,
  guid: (sql) => `toString(${sql})`,
};

/** tostring(): the exact text that KQL shows, '' for null. */
export function toText(value: Value): Value {
  if (value.type === 'string') return value;
  if (value.type === 'dynamic') return computed(dynamicText(value), 'string', false);
  const text = textOf[value.type](value.sql);
  if (!value.nullable) return computed(text, 'string', false);
  const guarded =
    value.type === 'bool'
      ? `multiIf(isNull(${value.sql}),'',${value.sql},'true','false')`
      : `ifNull(${text},'')`;
  return computed(guarded, 'string', false);
}

function integerFromText(sql: string, type: 'Int32' | 'Int64'): string {
  const hex = quoteString('^\\s*0[xX]([0-9a-fA-F]{1,16})\\s*$');
  const number = `to${type}OrNull(trimBoth(s))`;
  const fromHex = `to${type}(reinterpretAsInt64(reverse(unhex(leftPad(extract(s,${hex}),16,'0')))))`;
  return `arrayMap(s->if(match(s,${hex}),${fromHex},${number}),[${sql}])[1]`;
}

function truncated(sql: string, type: 'Int32' | 'Int64'): string {
  return `accurateCastOrNull(trunc(${sql}),'${type}')`;
}

function toInteger(value: Value, type: 'int' | 'long'): Value {
  const engine = type === 'int' ? 'Int32' : 'Int64';
  switch (value.type) {
    case 'int':
    case 'long':
      return computed(
        type === 'long' ? `toInt64(${value.sql})` : `accurateCastOrNull(${value.sql},'Int32')`,
        type,
        type === 'int' || value.nullable,
      );
    case 'bool':
      return computed(`to${engine}(${value.sql})`, type, value.nullable);
    case 'real':
    case 'decimal':
      return computed(truncated(value.sql, engine), type, true);
    case 'string':
      return computed(integerFromText(value.sql, engine), type, true);
    case 'dynamic': {
      const text = dynamicText(value);
      const whole = `coalesce(${integerFromText('j', engine)},${truncated('toFloat64OrNull(j)', engine)},if(j='true',1,if(j='false',0,NULL)))`;
      return computed(`to${engine}(arrayMap(j->${whole},[${text}])[1])`, type, true);
    }
    case 'datetime':
      return computed(
        `to${engine}(reinterpretAsInt64(${value.sql})+621355968000000000)`,
        type,
        value.nullable,
      );
    case 'timespan':
      return computed(`to${engine}(${value.sql})`, type, value.nullable);
    case 'guid':
      return nullValue(type);
  }
}

function toReal(value: Value): Value {
  switch (value.type) {
    case 'real':
      return value;
    case 'string':
      return computed(`toFloat64OrNull(trimBoth(${value.sql}))`, 'real', true);
    case 'dynamic':
      return computed(
        `arrayMap(j->coalesce(toFloat64OrNull(j),if(j='true',1,if(j='false',0,NULL))),[${dynamicText(value)}])[1]`,
        'real',
        true,
      );
    case 'datetime':
      return computed(
        `toFloat64(reinterpretAsInt64(${value.sql})+621355968000000000)`,
        'real',
        value.nullable,
      );
    case 'guid':
      return nullValue('real');
    default:
      return computed(`toFloat64(${value.sql})`, 'real', value.nullable);
  }
}

function boolFromText(sql: string): string {
  return `arrayMap(s->multiIf(s='true',true,s='false',false,isNotNull(toInt64OrNull(s)),toBool(toInt64OrNull(s)!=0),NULL),[lower(trimBoth(${sql}))])[1]`;
}

function toBoolean(value: Value): Value {
  switch (value.type) {
    case 'bool':
      return value;
    case 'string':
      return computed(boolFromText(value.sql), 'bool', true);
    case 'dynamic':
      return computed(boolFromText(dynamicText(value)), 'bool', true);
    case 'int':
    case 'long':
    case 'real':
    case 'decimal':
      return computed(`(${value.sql} != 0)`, 'bool', value.nullable);
    default:
      return nullValue('bool');
  }
}

function datetimeFromText(sql: string): string {
  // A run of digits is an epoch or a time of day to ClickHouse, but no datetime to KQL; four digits are a year.
  const digits = quoteString('^\\s*\\d{1,3}\\s*$|^\\s*\\d{5,}\\s*$');
  return `arrayMap(s->if(match(s,${digits}),NULL,parseDateTime64BestEffortUSOrNull(trimBoth(s),7,'UTC')),[${sql}])[1]`;
}

function toDatetime(value: Value): Value {
  switch (value.type) {
    case 'datetime':
      return value;
    case 'string':
      return computed(datetimeFromText(value.sql), 'datetime', true);
    case 'dynamic':
      return computed(datetimeFromText(dynamicText(value)), 'datetime', true);
    case 'int':
    case 'long':
      return computed(
        `reinterpret(toInt64(${value.sql}-621355968000000000),'DateTime64(7,\\'UTC\\')')`,
        'datetime',
        value.nullable,
      );
    default:
      return nullValue('datetime');
  }
}

function toTimespan(value: Value): Value {
  switch (value.type) {
    case 'timespan':
      return value;
    case 'string':
      return computed(timespanFromText(value.sql), 'timespan', true);
    case 'dynamic':
      return computed(timespanFromText(dynamicText(value)), 'timespan', true);
    case 'int':
    case 'long':
      return computed(`toInt64(${value.sql})`, 'timespan', value.nullable);
    default:
      return nullValue('timespan');
  }
}

function toDecimal(value: Value): Value {
  if (value.type === 'decimal') return value;
  if (value.type === 'string' || value.type === 'dynamic') {
    return computed(`toDecimal128OrNull(trimBoth(${toText(value).sql}),18)`, 'decimal', true);
  }
  if (value.type === 'int' || value.type === 'long' || value.type === 'real' || value.type === 'bool') {
    return computed(`accurateCastOrNull(${value.sql},'Decimal(38,18)')`, 'decimal', true);
  }
  return nullValue('decimal');
}

function toGuid(value: Value): Value {
  if (value.type === 'guid') return value;
  if (value.type === 'string' || value.type === 'dynamic') {
    return computed(`toUUIDOrNull(replaceRegexpAll(${toText(value).sql},'[-{}()\\\\s]',''))`, 'guid', true);
  }
  return nullValue('guid');
}

/** A value as an element or member of a dynamic. */
export function toDynamic(value: Value): Value {
  if (value.type === 'dynamic') return value;
  return computed(`toNullable(${rawJson(value)})`, 'dynamic', value.nullable);
}

/** Compact JSON text of any value; `null` where it is null. Never NULL. */
export function rawJson(value: Value): string {
  switch (value.type) {
    case 'dynamic':
      return `ifNull(${value.sql},'null')`;
    case 'string':
    case 'guid':
    case 'datetime':
    case 'timespan': {
      const text = jsonString(toText(value).sql);
      return value.nullable ? `if(isNull(${value.sql}),'null',${text})` : text;
    }
    case 'real':
      // NaN and infinities have no JSON form; KQL shows them as strings.
      return `arrayMap(v->multiIf(isNull(v),'null',isNaN(v),'"NaN"',isInfinite(v),if(v>0,'"Infinity"','"-Infinity"'),${realText('v')}),[${value.sql}])[1]`;
    case 'bool':
      return `multiIf(isNull(${value.sql}),'null',${value.sql},'true','false')`;
    default:
      return `ifNull(toString(${value.sql}),'null')`;
  }
}

/** Conversion with the meaning of KQL's to<type>() functions: what can't be converted is null. */
export function convert(value: Value, type: KqlType, span?: Span): Value {
  if (value.type === type) return value;
  if (value.constant?.kind === 'null' && type !== 'dynamic') return nullValue(type);
  switch (type) {
    case 'string':
      return toText(value);
    case 'int':
    case 'long':
      return toInteger(value, type);
    case 'real':
      return toReal(value);
    case 'bool':
      return toBoolean(value);
    case 'datetime':
      return toDatetime(value);
    case 'timespan':
      return toTimespan(value);
    case 'decimal':
      return toDecimal(value);
    case 'guid':
      return toGuid(value);
    case 'dynamic':
      return toDynamic(value);
    default:
      throw new KqlRefusal('KQL_INTERNAL', `no conversion from ${value.type} to ${String(type)}`, { span });
  }
}
