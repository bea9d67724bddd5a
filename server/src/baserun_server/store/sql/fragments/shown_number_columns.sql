-- Columns of the numbers that are shown.
${shown_number} ${type}
