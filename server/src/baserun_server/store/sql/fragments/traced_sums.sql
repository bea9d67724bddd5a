-- The sums of what comes from traces alone.
sum(n.${traced_number})
