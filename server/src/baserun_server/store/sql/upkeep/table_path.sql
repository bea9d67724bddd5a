-- The folder of a table.
SELECT data_paths[1] AS path FROM system.tables WHERE database = currentDatabase() AND name = {name:String}
