-- Whether a session has ended, or else whether something happened in it lately.
multiIf(ended_at IS NOT NULL AND ended_at >= last_activity, 'ended', last_activity >= fromUnixTimestamp64Micro({now_us:Int64} - ${active_us}), 'active', 'idle')
