-- Marks that an earlier version made without a key.
SELECT project_id, id_hash, kind, erasure_id, is_lifted, version FROM erased FINAL WHERE key_id = '' LIMIT {limit:UInt32}
