import { z } from 'zod';

/** What the parent writes to the host's standard input as one line of JSON; the token never stands in argv. */
export const hostConfigSchema = z.object({
  dataDir: z.string().min(1),
  socketPath: z.string().min(1),
  token: z.string().min(20),
  maxMemoryBytes: z.number().int().positive(),
});

export type HostConfig = z.infer<typeof hostConfigSchema>;

/** Lines that the host writes to standard output. */
export type HostEvent =
  | { readonly event: 'ready'; readonly pid: number; readonly version: string }
  | { readonly event: 'failed'; readonly reason: 'locked' | 'open' | 'config'; readonly message: string };

const mebibyte = 1024 * 1024;

/**
 * Server configuration of the engine. Its cache limits default to 5 GB each, far beyond this process's budget.
 * fsync: an acknowledged insert must survive power loss. The window is what makes insert tokens work.
 */
export function serverConfigXml(config: HostConfig): string {
  const memory = config.maxMemoryBytes;
  const cache = Math.max(mebibyte, Math.floor(memory / 32));
  const settings: Readonly<Record<string, number>> = {
    max_server_memory_usage: memory,
    mark_cache_size: cache,
    index_mark_cache_size: cache,
    primary_index_cache_size: cache,
    text_index_tokens_cache_size: cache,
    text_index_header_cache_size: cache,
    text_index_postings_cache_size: cache,
    uncompressed_cache_size: 0,
    index_uncompressed_cache_size: 0,
    query_condition_cache_size: cache,
    compiled_expression_cache_size: 8 * mebibyte,
    background_pool_size: 2,
    background_schedule_pool_size: 2,
    max_thread_pool_free_size: 16,
    max_io_thread_pool_free_size: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `<${name}>${value}</${name}>`);
  const mergeTree = [
    '<fsync_after_insert>1</fsync_after_insert>',
    '<fsync_part_directory>1</fsync_part_directory>',
    '<non_replicated_deduplication_window>10000</non_replicated_deduplication_window>',
  ];
  return `<clickhouse>${lines.join('')}<merge_tree>${mergeTree.join('')}</merge_tree></clickhouse>\n`;
}
