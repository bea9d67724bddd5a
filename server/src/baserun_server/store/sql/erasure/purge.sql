-- Remove deleted rows from the disk.
ALTER TABLE ${table} ${on_cluster} APPLY DELETED MASK
