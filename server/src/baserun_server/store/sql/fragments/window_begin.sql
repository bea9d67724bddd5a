-- The begin of a window.
fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
