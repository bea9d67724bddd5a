-- Whether a user did something lately.
if(last_seen >= fromUnixTimestamp64Micro({now_us:Int64} - ${active_us}), 'active', 'idle')
