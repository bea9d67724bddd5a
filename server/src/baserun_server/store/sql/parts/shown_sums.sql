-- The same of the numbers that are shown.
sum(part.${shown_number}) AS ${shown_number}
