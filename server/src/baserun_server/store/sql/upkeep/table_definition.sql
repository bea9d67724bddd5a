-- The statement that makes a table.
SELECT create_table_query AS text FROM system.tables WHERE database = currentDatabase() AND name = {name:String}
