-- The numbers that are shown.
${shown_number}
