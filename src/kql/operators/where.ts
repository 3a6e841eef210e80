import { convert } from '../clickhouse/convert.ts';
import { rowOf, scalar, withRow } from '../plan/environment.ts';
import { opened } from '../plan/relation.ts';
import type { TabularOperator } from './types.ts';

export const where: TabularOperator = {
  name: 'where',
  summary: 'Keeps the rows for which a predicate is true.',
  rowWise: true,
  compile: (env, input, node) => {
    const relation = opened(input, env.compilation.aliases);
    const predicate = convert(scalar(withRow(env, rowOf(relation)), node.need('Condition')), 'bool');
    return { ...relation, where: [...relation.where, predicate.sql] };
  },
};
