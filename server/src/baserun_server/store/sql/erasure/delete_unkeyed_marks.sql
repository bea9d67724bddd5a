-- Delete marks without a key, once there are keyed ones in their place.
DELETE FROM ${table} ${on_cluster} WHERE key_id = '' AND id_hash IN {hashes:Array(UInt64)}
