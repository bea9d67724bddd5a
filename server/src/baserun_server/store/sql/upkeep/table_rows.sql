-- Rows in the parts of a table, replaced ones included.
SELECT sum(rows) AS rows FROM system.parts WHERE active AND database = currentDatabase() AND table = {name:String}
