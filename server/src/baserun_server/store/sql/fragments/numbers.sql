(${traced_sums}, arraySort(mapKeys(sumMap(n.latency))), arraySort(mapValues(sumMap(n.latency))))
