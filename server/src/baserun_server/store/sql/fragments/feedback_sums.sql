-- The sums of what scores add to, too.
sum(n.${feedback_number})
