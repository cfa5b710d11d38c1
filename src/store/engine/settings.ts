import { exceptions } from './exception.ts';

/** The limits of the engine that bound what a query may ask for. */
export interface SettingLimits {
  /** The most memory that one query may take, in bytes. */
  readonly queryMemoryBytes: number;
  /** How long a query may run at most, and how long if it doesn't say, in seconds. */
  readonly executionSeconds: number;
  readonly defaultExecutionSeconds: number;
}

export type Settings = ReadonlyMap<string, string>;

/** Settings of the HTTP interface itself. They are accepted, and nothing has to be done about them here. */
const interfaceSettings = new Set([
  'add_http_cors_header',
  'buffer_size',
  'cancel_http_readonly_queries_on_client_close',
  'enable_http_compression',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'http_write_exception_in_output_format',
  'http_zlib_compression_level',
  'log_comment',
  'log_queries',
  'quota_key',
  'readonly',
  'role',
  'send_progress_in_http_headers',
  'wait_for_async_insert',
  // chDB makes one part of each insert anyway: batching is the sender's work.
  'async_insert',
]);

/** Settings that go to the engine as they are. */
const engineSettings = new Set(
  `max_threads max_block_size preferred_block_size_bytes max_rows_to_read max_bytes_to_read read_overflow_mode
  max_rows_to_read_leaf max_bytes_to_read_leaf max_result_rows max_result_bytes result_overflow_mode
  max_rows_to_group_by group_by_overflow_mode max_bytes_before_external_group_by max_rows_to_sort
  max_bytes_to_sort sort_overflow_mode max_bytes_before_external_sort max_rows_in_set max_bytes_in_set
  set_overflow_mode max_rows_in_distinct max_bytes_in_distinct distinct_overflow_mode max_rows_in_join
  max_bytes_in_join join_overflow_mode join_algorithm join_use_nulls max_columns_to_read max_query_size
  max_ast_depth max_ast_elements max_expanded_ast_elements max_parser_depth max_parser_backtracks
  max_subquery_depth timeout_overflow_mode timeout_before_checking_execution_speed max_execution_speed
  min_execution_speed group_by_two_level_threshold aggregate_functions_null_for_empty
  transform_null_in prefer_column_name_to_alias union_default_mode session_timezone
  date_time_input_format date_time_output_format cast_keep_nullable use_query_condition_cache
  use_skip_indexes use_skip_indexes_on_data_read use_skip_indexes_if_final force_primary_key
  force_index_by_date force_data_skipping_indices ignore_data_skipping_indices enable_analyzer
  allow_experimental_analyzer read_in_order_use_buffering read_in_order_two_level_merge_threshold final do_not_merge_across_partitions_select_final
  insert_deduplicate insert_deduplication_token deduplicate_blocks_in_dependent_materialized_views
  max_partitions_per_insert_block throw_on_max_partitions_per_insert_block max_insert_block_size
  max_insert_block_size_bytes min_insert_block_size_rows min_insert_block_size_bytes max_insert_threads
  optimize_on_insert parallel_view_processing materialized_views_ignore_errors insert_null_as_default
  async_insert_deduplicate mutations_sync alter_sync lightweight_deletes_sync materialize_ttl_after_modify
  max_table_size_to_drop max_partition_size_to_drop database_atomic_wait_for_drop_and_detach_synchronously
  flatten_nested data_type_default_nullable allow_suspicious_low_cardinality_types
  allow_suspicious_indices allow_suspicious_codecs allow_suspicious_ttl_expressions
  enable_full_text_index allow_experimental_full_text_index query_plan_direct_read_from_text_index
  distributed_ddl_task_timeout distributed_ddl_output_mode insert_quorum`.split(/\s+/),
);

const enginePrefixes = /^(?:optimize_|input_format_|output_format_|format_(?!schema)|query_plan_)/;
const settingName = /^[a-z][a-z0-9_]*$/;

/**
 * The settings under which a query runs: the defaults, then what the client sent, within the limits.
 *
 * `max_execution_time`, `max_memory_usage` (default: the limit) and `max_threads` (default 2,
 * at most 16) are lowered to their limits; 0 is the limit, not unlimited.
 *
 * @throws QueryException for a setting that isn't on the list
 */
export function engineSettingsOf(sent: Settings, limits: SettingLimits): Map<string, string> {
  const settings = new Map([
    ['session_timezone', 'UTC'],
    // A JSON number of JavaScript loses digits of a UInt64.
    ['output_format_json_quote_64bit_integers', '1'],
    ['implicit_select', '0'],
    ['allow_introspection_functions', '0'],
  ]);
  for (const [name, value] of sent) {
    if (isCapped(name) || interfaceSettings.has(name)) continue;
    if (!settingName.test(name) || !(engineSettings.has(name) || enginePrefixes.test(name))) {
      throw exceptions.unknownSetting(
        `The embedded engine does not take the setting '${name.slice(0, 100)}'`,
      );
    }
    settings.set(name, value);
  }
  const seconds = capped(sent, 'max_execution_time', limits.defaultExecutionSeconds, limits.executionSeconds);
  const bytes = capped(sent, 'max_memory_usage', limits.queryMemoryBytes, limits.queryMemoryBytes);
  const threads = capped(sent, 'max_threads', 2, 16);
  return settings
    .set('max_execution_time', String(seconds))
    .set('max_memory_usage', String(Math.ceil(bytes)))
    .set('max_threads', String(Math.ceil(threads)));
}

function isCapped(name: string): boolean {
  return name === 'max_execution_time' || name === 'max_memory_usage' || name === 'max_threads';
}

function capped(sent: Settings, name: string, byDefault: number, most: number): number {
  const asked = numberSetting(sent, name, byDefault);
  return asked === 0 ? most : Math.min(asked, most);
}

/** The number that a client sent as a setting. @throws QueryException where it is no number, or below 0 */
export function numberSetting(sent: Settings, name: string, byDefault: number): number {
  const value = sent.get(name);
  if (value === undefined) return byDefault;
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) {
    throw exceptions.badArguments(`The setting '${name}' takes a number, 0 or more`);
  }
  return number;
}

/** Whether a client switched a setting on. */
export function flagSetting(sent: Settings, name: string): boolean {
  const value = sent.get(name);
  return value !== undefined && value !== '0' && value !== 'false';
}
