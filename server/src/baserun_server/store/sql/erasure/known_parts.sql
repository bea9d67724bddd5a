-- The folders of the parts that the engine knows.
SELECT path FROM system.parts WHERE database = currentDatabase()
