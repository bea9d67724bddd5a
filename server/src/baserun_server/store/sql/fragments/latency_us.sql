-- Microseconds below which a share of the LLM calls lies, from the histogram `latency`; NULL for none.
if(empty(latency), NULL, toInt64(1000 * pow(${base}, mapKeys(mapSort(latency))[arrayFirstIndex(c -> c >= ${share} * arraySum(mapValues(latency)), arrayCumSum(mapValues(mapSort(latency))))] - 0.5)))
