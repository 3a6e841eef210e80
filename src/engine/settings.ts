/** Settings that every statement carries, embedded or remote; a caller's own settings win. */
export type Settings = Readonly<Record<string, string | number>>;

const common: Settings = {
  session_timezone: 'UTC',
  date_time_input_format: 'best_effort',
  // Compiled queries with long IN lists pass the default of 256 KiB.
  max_query_size: 16_777_216,
};

/**
 * Reads: exact numbers as text, KQL's outer joins (null, not default), and no writing whatever the text says.
 * The result limit guards this process; results are held whole in memory.
 */
export const readSettings: Settings = {
  ...common,
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 1,
  output_format_json_quote_decimals: 1,
  join_use_nulls: 1,
  max_result_bytes: 134_217_728,
  result_overflow_mode: 'throw',
  readonly: 2,
};

/**
 * Writes: one block per insert, so that a deduplication token means the whole insert (spec: delivery §1.3).
 * Queued inserts would answer before the rows are there.
 */
export const writeSettings: Settings = {
  ...common,
  async_insert: 0,
  insert_deduplicate: 1,
  max_insert_threads: 1,
  max_insert_block_size: 1_048_449,
  min_insert_block_size_rows: 1_048_449,
  min_insert_block_size_bytes: 268_402_944,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  materialized_views_ignore_errors: 0,
};

/** Streamed reads hold one block at a time, so their size is not limited. */
export const streamSettings: Settings = { ...readSettings, max_result_bytes: 0 };
