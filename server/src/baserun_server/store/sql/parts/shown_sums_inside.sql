-- The same of what lies inside a window.
sumIf(part.${shown_number}, inside) AS ${shown_number}
