-- Deleted rows leave the disk.
ALTER TABLE ${table} ${on_cluster} APPLY DELETED MASK
