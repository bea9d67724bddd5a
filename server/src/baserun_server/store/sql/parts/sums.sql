-- The sums of the numbers of traces, of activity, of parts.
sum(part.${number}) AS ${number}
