-- The longest parameter that a ClickHouse server takes.
SELECT toUInt64(value) AS bytes FROM system.settings WHERE name = 'http_max_field_value_size'
