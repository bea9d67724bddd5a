-- The end of a window.
fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
