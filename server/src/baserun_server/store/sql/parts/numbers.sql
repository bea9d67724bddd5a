(sum(n.spans_total), sum(n.llm_calls), sum(n.input_tokens), sum(n.output_tokens), sum(n.cached_tokens),
        sum(n.reasoning_tokens), sum(n.cost_nano_usd), sum(n.unpriced_calls), sum(n.errors), sum(n.tool_calls),
        arraySort(mapKeys(sumMap(n.latency))), arraySort(mapValues(sumMap(n.latency))))
