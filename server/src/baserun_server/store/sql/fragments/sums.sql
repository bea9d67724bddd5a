-- The sums of the numbers of traces, of activity, of parts.
sum(one.${number}) AS ${number}
