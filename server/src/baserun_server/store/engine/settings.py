"""What the embedded engine is told when it opens its data; its own defaults are those of a large server."""

import os
from pathlib import Path
from xml.etree import ElementTree

MIB = 1024 * 1024

PROFILE: dict[str, str] = {
    "async_insert": "0",
    "do_not_merge_across_partitions_select_final": "1",
    # With FINAL only conditions on the key move ahead; wide columns are then read of the rows asked for alone.
    "optimize_move_to_prewhere_if_final": "1",
    "max_execution_time": "30",
    # A flush is some thirty small statements: to compile expressions for them costs more than it saves.
    "compile_expressions": "0",
    "compile_aggregate_expressions": "0",
    "compile_sort_description": "0",
    "max_memory_usage": str(2048 * MIB),
    "max_bytes_before_external_group_by": str(1024 * MIB),
    # Of parameters; the endpoint takes them of any length, and says so to whoever asks.
    "http_max_field_value_size": str(1024 * MIB),
    "date_time_output_format": "iso",
    "output_format_json_quote_64bit_integers": "0",
}
"""What holds for every connection unless a request says otherwise."""


def memory_limit_bytes() -> int:
    """60 % of the machine's memory."""
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 0.6)


def server_settings() -> dict[str, str]:
    """Server-wide settings, by element of the configuration file."""
    return {
        "max_server_memory_usage": str(memory_limit_bytes()),
        "mark_cache_size": str(256 * MIB),
        "index_mark_cache_size": str(64 * MIB),
        "uncompressed_cache_size": "0",
        "index_uncompressed_cache_size": "0",
        "primary_index_cache_size": str(128 * MIB),
        "text_index_dictionary_block_cache_size": str(64 * MIB),
        "text_index_header_cache_size": str(64 * MIB),
        "text_index_postings_cache_size": str(128 * MIB),
        "background_pool_size": "2",
        "background_schedule_pool_size": "4",
        "background_common_pool_size": "2",
        "background_move_pool_size": "1",
        "background_fetches_pool_size": "1",
    }


def write_configuration(path: Path) -> None:
    """Write the configuration file at `path`."""
    root = ElementTree.Element("clickhouse")
    for name, value in server_settings().items():
        element = ElementTree.SubElement(root, name)
        element.text = value
    path.write_bytes(ElementTree.tostring(root))
