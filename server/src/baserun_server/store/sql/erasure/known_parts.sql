-- Where the parts lie of which the engine knows.
SELECT path FROM system.parts WHERE database = currentDatabase()
