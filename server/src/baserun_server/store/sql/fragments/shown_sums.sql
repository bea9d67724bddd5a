-- The same of the numbers that are shown.
sum(one.${shown_number}) AS ${shown_number}
