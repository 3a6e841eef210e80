import { engineTypes, quoteString } from './literal.ts';

/** Ticks (100 ns) of one day, hour, minute, second, millisecond. */
export const ticksPer = {
  day: 864_000_000_000n,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: 10_000n,
  microsecond: 10n,
} as const;

/** Ticks between 0001-01-01 and 1970-01-01. */
export const epochTicks = 621_355_968_000_000_000n;

/**
 * Ticks since 1970 of a datetime. Interval arithmetic would widen to nanoseconds and their range 1677–2262,
 * so all arithmetic is done on ticks.
 */
export function ticksOf(sql: string): string {
  return `reinterpretAsInt64(${sql})`;
}

/** A datetime from ticks since 1970. */
export function fromTicks(sql: string): string {
  return `reinterpret(toInt64(${sql}),${quoteString(engineTypes.datetime)})`;
}

/** Text of a datetime as KQL writes it: `2020-01-01T00:00:00.0000000Z`. */
export function datetimeText(sql: string): string {
  return `concat(replaceOne(toString(${sql}),' ','T'),'Z')`;
}

/** Text of a timespan: `[-][d.]hh:mm:ss[.fffffff]`. */
export function timespanText(sql: string): string {
  const two = (expr: string) => `leftPad(toString(${expr}),2,'0')`;
  const body = [
    `if(x<0,'-','')`,
    `if(intDiv(abs(x),864000000000)>0,concat(toString(intDiv(abs(x),864000000000)),'.'),'')`,
    `${two('intDiv(abs(x),36000000000)%24')}`,
    `':'`,
    `${two('intDiv(abs(x),600000000)%60')}`,
    `':'`,
    `${two('intDiv(abs(x),10000000)%60')}`,
    `if(abs(x)%10000000>0,concat('.',leftPad(toString(abs(x)%10000000),7,'0')),'')`,
  ].join(',');
  return `arrayMap(x->concat(${body}),[${sql}])[1]`;
}

/** Ticks of a timespan text, NULL when it is none. Accepts `[-][d.]hh:mm[:ss[.fffffff]]` and a bare number of days. */
export function timespanFromText(sql: string): string {
  const pattern = quoteString(
    '^\\s*(-?)(?:(\\d+)\\.)?(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,7}))?)?\\s*$',
  );
  const days = quoteString('^\\s*(-?)(\\d+)\\s*$');
  const part = (i: number) => `toInt64OrZero(g[${i}])`;
  const ticks =
    `${part(2)}*864000000000+${part(3)}*36000000000+${part(4)}*600000000+${part(5)}*10000000` +
    `+toInt64OrZero(rightPad(g[6],7,'0'))`;
  const clock = `if(length(g)=6,if(${part(3)}<24 AND ${part(4)}<60 AND ${part(5)}<60,(${ticks})*if(g[1]='-',-1,1),NULL),NULL)`;
  return (
    `arrayMap(s->coalesce(arrayMap(g->${clock},[extractGroups(s,${pattern})])[1],` +
    `arrayMap(g->if(length(g)=2,toInt64OrNull(g[2])*864000000000*if(g[1]='-',-1,1),NULL),[extractGroups(s,${days})])[1]),[${sql}])[1]`
  );
}
