-- The same of what lies inside a window.
sumIf(one.${shown_number}, inside) AS ${shown_number}
