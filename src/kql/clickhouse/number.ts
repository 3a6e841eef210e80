/**
 * Text of a double as KQL writes it: shortest form that reads back, `5.0` for whole numbers,
 * `1E+15` from 1e15 on and `1E-05` below 1e-4. ClickHouse writes `5`, `1e15`.
 */
export function realText(sql: string): string {
  const exponentOf =
    `multiIf(position(t,'e')>0,toInt32(substring(t,position(t,'e')+1)),` +
    `r>=1,toInt32(if(position(t,'.')>0,position(t,'.')-2,length(t)-1)),` +
    `toInt32(0)-toInt32(length(extract(t,'^0\\\\.(0*)'))+1))`;
  const digitsOf = `replaceRegexpOne(replaceRegexpAll(replaceRegexpOne(replaceRegexpOne(t,'e.*$',''),'^0\\\\.0*',''),'\\\\.',''),'0+$','')`;
  const scientific =
    `arrayMap((d,e)->concat(substring(d,1,1),if(length(d)>1,concat('.',substring(d,2)),''),'E',if(e<0,'-','+'),` +
    `leftPad(toString(abs(e)),greatest(2,length(toString(abs(e)))),'0')),[${digitsOf}],[${exponentOf}])[1]`;
  const plain = `if(position(t,'.')>0,t,concat(t,'.0'))`;
  const positive = `arrayMap(t->if(r!=0 AND (r>=1e15 OR r<1e-4),${scientific},${plain}),[toString(r)])[1]`;
  const signed = `concat(if(v<0,'-',''),arrayMap(r->${positive},[abs(v)])[1])`;
  return `arrayMap(v->multiIf(isNull(v),'',isNaN(v),'NaN',isInfinite(v),if(v>0,'∞','-∞'),${signed}),[${sql}])[1]`;
}
